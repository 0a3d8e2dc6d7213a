import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeBase64Text } from "../base64.ts";
import { issueCertificate, readCertificate } from "./certificate.ts";
import { readSigningRequest, writeSigningRequest } from "./request.ts";

/** openssl req -new -subj /O=devs/O=ops/CN=bob -addext subjectAltName=DNS:bob.example,IP:10.0.0.7,email:bob@example.com */
const OF_OPENSSL = `
-----BEGIN CERTIFICATE REQUEST-----
MIIBqzCCARQCAQAwKzENMAsGA1UECgwEZGV2czEMMAoGA1UECgwDb3BzMQwwCgYD
VQQDDANib2IwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAL5p6yJUH+re85eY
mb8wEy2JFW6WZpPyTwAEr8RgSqU5H2WONphbNlvemfvRjurza0YYF/KtNZUhO74X
+OvucEoqu00QE4mdDZzwWcZpyvZfnPP85wGBE0jB+9I00PrD8VvCnJMMFXcPOrxs
44/c4uC7s8rNkCJEPgfQ9gJwQdGlAgMBAAGgQDA+BgkqhkiG9w0BCQ4xMTAvMC0G
A1UdEQQmMCSCC2JvYi5leGFtcGxlhwQKAAAHgQ9ib2JAZXhhbXBsZS5jb20wDQYJ
KoZIhvcNAQELBQADgYEAnlVzyFSHx3ccwDoSb5/Am2A/PwY56EuxNzHUb47JqIyB
ha/1ul7/Oicm4eyypoCnvyaTgxcPYfXZaXTpi2mMoFW2+hn+P3X90whS7m24uZ8Q
zD6yqH1n7oMwL7tRj34WtS4KSRMl84kzD+aP6Txj7GANKh7yAjcUEh6dTDWC9Ps=
-----END CERTIFICATE REQUEST-----
`;

describe("readSigningRequest", () => {
  it("reads what openssl wrote", () => {
    expect(readSigningRequest(encodeBase64Text(OF_OPENSSL))).toMatchObject({
      commonName: "bob",
      organizations: ["devs", "ops"],
      dnsNames: ["bob.example"],
      ipAddresses: ["10.0.0.7"],
      emailAddresses: ["bob@example.com"],
      uris: [],
    });
  });

  it("reads what was written here", () => {
    const pem = writeSigningRequest({ commonName: "eve", organizations: ["q&a"] }, (bound) => bound - 1);
    expect(readSigningRequest(encodeBase64Text(pem))).toMatchObject({ commonName: "eve", organizations: ["q&a"] });
  });

  it("is answered by a certificate that counts for who has the key", () => {
    const request = readSigningRequest(encodeBase64Text(OF_OPENSSL))!;
    const times = { notBeforeWallUs: 1_795_000_000_000_000, notAfterWallUs: 2_600_000_000_000_000 };
    const pem = issueCertificate(request, {
      ...times,
      serial: [1, 171],
      usages: ["client auth"],
      issuer: "kubernetes",
      key: "secret",
    });
    expect(readCertificate(pem, "secret")).toEqual({
      commonName: "bob",
      organizations: ["devs", "ops"],
      issuer: "kubernetes",
      serial: "01ab",
      ...times,
    });
    expect(readCertificate(pem, "guess")).toBeNull();
    expect(readCertificate("no certificate", "secret")).toBeNull();
  });

  it("is answered by a certificate that says its usages and names as upstream's signer does", () => {
    const pem = issueCertificate(readSigningRequest(encodeBase64Text(OF_OPENSSL))!, {
      notBeforeWallUs: 1_795_000_000_000_000,
      notAfterWallUs: 1_795_100_000_000_000,
      serial: [7],
      usages: ["client auth", "digital signature", "decipher only", "server auth", "key encipherment"],
      issuer: "kubernetes",
      key: "secret",
    });
    const certificate = new X509Certificate(pem);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(certificate.subjectAltName).toBe("DNS:bob.example, email:bob@example.com, IP Address:10.0.0.7");
    expect(certificate.ca).toBe(false);
    const hex = certificate.raw.toString("hex");
    // Critical key usage: bits 0, 2 and 8; critical basic constraints: none.
    expect(hex).toContain("0603551d0f0101ff0405030307a080");
    expect(hex).toContain("0603551d130101ff04023000");
  });

  it("finds nothing in what is none", () => {
    for (const text of ["", "hello", OF_OPENSSL.replace("MII", "AAA"), OF_OPENSSL.replace(/REQUEST/g, "")]) {
      expect(readSigningRequest(encodeBase64Text(text))).toBeNull();
    }
  });
});
