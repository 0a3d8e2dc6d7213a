/** What a command that does not wait did. */
export interface Done {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export function done(out: string, status = 0, err = ""): Done {
  return { status, out, err };
}

export function failed(err: string, status = 1): Done {
  return { status, out: "", err };
}
