import type { Caller } from '@muster/iam';
import { CallFailed, type ServiceUnderTest } from '@muster/testing';

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' };

/** An answer of the query protocol. */
export interface QueryAnswer {
  readonly xml: string;
  /** Texts of all elements of a name, in their order. */
  all(element: string): string[];
  /** Text of the first one. */
  one(element: string): string | undefined;
}

/** Calls an operation with the query protocol, as the gateway hands it on. @throws CallFailed */
export async function query(
  service: ServiceUnderTest,
  caller: Caller,
  api: keyof typeof VERSIONS,
  operation: string,
  parameters: Record<string, string> = {},
  how: { invocationId?: string } = {},
): Promise<QueryAnswer> {
  const form = new URLSearchParams({ Action: operation, Version: VERSIONS[api], ...parameters }).toString();
  const reply = await service.ask(api, operation, form, { caller, ...how });
  const xml = reply.string();
  const status = Number(reply.headers?.get('Muster-Status'));
  const all = (element: string) =>
    [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map((match) => match[1]!);
  if (status !== 200) throw new CallFailed(all('Code')[0] ?? '', status, all('Message')[0] ?? '', xml);
  return { xml, all, one: (element) => all(element)[0] };
}

/** Calls an operation with awsJson. @throws CallFailed */
export async function json<O>(
  service: ServiceUnderTest,
  caller: Caller,
  api: string,
  operation: string,
  input: object,
): Promise<O> {
  const reply = await service.ask(api, operation, JSON.stringify(input), { caller });
  const answer = reply.json<O & { __type?: string; Message?: string; message?: string }>();
  const status = Number(reply.headers?.get('Muster-Status'));
  if (status === 200) return answer;
  throw new CallFailed(answer.__type ?? '', status, answer.Message ?? answer.message ?? '', reply.string());
}
