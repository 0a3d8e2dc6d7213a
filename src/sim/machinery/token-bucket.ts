/**
 * client-go's flow control (golang.org/x/time/rate) in whole microseconds: a bucket of `burst` tokens that fills with
 * `qps` a second. Kept as the time at which the bucket would be full again, so that idling costs nothing.
 */
export interface TokenBucket {
  readonly intervalUs: number;
  readonly burst: number;
  fullAtUs: number;
}

/** `qps` may be a fraction such as 1/300. */
export function createTokenBucket(qps: number, burst: number): TokenBucket {
  return { intervalUs: Math.round(1_000_000 / qps), burst, fullAtUs: 0 };
}

/** Takes a token, now or in future; answers how long to wait for it (0: at once). Reservations are first come, first served. */
export function reserveToken(bucket: TokenBucket, nowUs: number): number {
  const fullAtUs = Math.max(bucket.fullAtUs, nowUs) + bucket.intervalUs;
  bucket.fullAtUs = fullAtUs;
  return Math.max(0, fullAtUs - bucket.burst * bucket.intervalUs - nowUs);
}

/** Takes a token if there is one now. */
export function tryTakeToken(bucket: TokenBucket, nowUs: number): boolean {
  const fullAtUs = takeTokenAt(bucket, bucket.fullAtUs, nowUs);
  if (fullAtUs !== null) bucket.fullAtUs = fullAtUs;
  return fullAtUs !== null;
}

/** Takes a token, if there is one now, from one of many buckets alike. Gives when that one will be full, else null. */
export function takeTokenAt(
  { intervalUs, burst }: Omit<TokenBucket, "fullAtUs">,
  fullAtUs: number,
  nowUs: number,
): number | null {
  const thenFullAtUs = Math.max(fullAtUs, nowUs) + intervalUs;
  return thenFullAtUs - burst * intervalUs > nowUs ? null : thenFullAtUs;
}
