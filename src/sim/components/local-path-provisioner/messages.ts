/** As whom it provisions: the `provisioner` of its classes. */
export const LOCAL_PATH_PROVISIONER = "rancher.io/local-path";
