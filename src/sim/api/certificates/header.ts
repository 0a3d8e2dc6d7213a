/**
 * Stands for the certificate, in base64, that a client showed while TLS was set up. So programs that take headers from
 * anybody do not pass this one on.
 */
export const CERTIFICATE_HEADER = "client-certificate";
