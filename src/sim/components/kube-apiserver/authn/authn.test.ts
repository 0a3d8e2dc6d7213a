import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeBase64,
  decodeBase64Text,
  encodeBase64,
  encodeBase64Url,
  utf8Bytes,
  utf8Text,
} from "../../../api/base64.ts";
import { readToken, signToken, type TokenClaims } from "../../../api/service-account-token.ts";
import { impersonatedUser, serviceAccountOf } from "./user.ts";

const CLAIMS: TokenClaims = {
  aud: ["a"],
  exp: 2,
  iat: 1,
  iss: "i",
  jti: "j",
  "kubernetes.io": { namespace: "default", serviceaccount: { name: "bot", uid: "u" } },
  nbf: 1,
  sub: "system:serviceaccount:default:bot",
};

describe("tokens", () => {
  it("are read by whoever has the key, and by nobody else", () => {
    const token = signToken(CLAIMS, "key");
    expect(readToken(token, "key")).toEqual(CLAIMS);
    expect(readToken(token, "other")).toBeNull();
    expect(readToken(`${token}x`, "key")).toBeNull();
    expect(readToken("no.token", "key")).toBeNull();
    expect(decodeBase64Text(token.split(".")[1]!)).toBe(JSON.stringify(CLAIMS));
  });
});

describe("base64", () => {
  it("gives back what it was given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!/[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "")));
        expect(utf8Text(utf8Bytes(text))).toBe(text);
        expect(decodeBase64Text(encodeBase64Url(text))).toBe(text);
      }),
    );
    expect(encodeBase64([1, 2, 3, 4])).toBe("AQIDBA==");
    expect(decodeBase64("AQIDBA==")).toEqual([1, 2, 3, 4]);
    expect(decodeBase64("!")).toBeNull();
  });
});

describe("users", () => {
  it("that are impersonated get the groups that come by themselves", () => {
    expect(impersonatedUser("system:serviceaccount:default:bot", [], "").groups).toEqual([
      "system:serviceaccounts",
      "system:serviceaccounts:default",
      "system:authenticated",
    ]);
    expect(impersonatedUser("alice", ["devs"], "").groups).toEqual(["devs", "system:authenticated"]);
    expect(serviceAccountOf("alice")).toBeNull();
  });
});
