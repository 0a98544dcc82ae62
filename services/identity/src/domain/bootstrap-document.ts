import { z } from '@muster/config';

const shape = z.object({
  account: z.string().regex(/^\d{12}$/, 'account must be 12 digits'),
  userName: z.string().regex(/^[\w+=,.@-]{1,64}$/, 'userName must be a user name'),
  accessKeyId: z.string().regex(/^\w{16,128}$/, 'accessKeyId must be 16 to 128 letters'),
  secretAccessKey: z.string().min(16, 'secretAccessKey must have 16 characters or more'),
  /** It is made for tests, and may be emptied. */
  sandbox: z.boolean().default(false),
});

/** The first account, its administrator and the administrator's access key. */
export type BootstrapDocument = z.infer<typeof shape>;

/** Reads the bootstrap file's text. The error names what is wrong and never shows the text: it holds a secret. */
export function parseBootstrapDocument(text: string): BootstrapDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('The bootstrap file is not JSON.');
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`The bootstrap file is not valid: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
}
