import { compileConditions } from './conditions/compile-conditions.js';
import { MalformedPolicy } from './malformed-policy.js';
import type { PolicyDocument, Statement } from './policy.js';
import { type PrincipalTest, compilePrincipals } from './principals.js';
import type { RequestContext } from './request-context.js';
import { type TemplateMatcher, compileTemplate, parseTemplate } from './template.js';
import { compileGlob, globOf } from './wildcard.js';

/** A statement ready to be asked. */
export interface CompiledStatement {
  /** Its Sid, or `statement 2`. */
  readonly label: string;
  readonly effect: Statement['Effect'];
  /** Whom it speaks about; absent in policies of identities. */
  readonly principals: PrincipalTest | undefined;
  /** Whether it speaks about this request, whoever asks. */
  speaksAbout(request: RequestContext): boolean;
}

const compiled = new WeakMap<PolicyDocument, readonly CompiledStatement[]>();

/** The statements of a policy, compiled at the first time. @throws MalformedPolicy */
export function compilePolicy(document: PolicyDocument): readonly CompiledStatement[] {
  let statements = compiled.get(document);
  if (!statements) {
    const variables = document.Version === '2012-10-17';
    statements = document.Statement.map((statement, index) => compileStatement(statement, index, variables));
    compiled.set(document, statements);
  }
  return statements;
}

function compileStatement(statement: Statement, index: number, variables: boolean): CompiledStatement {
  try {
    const { Effect, Condition } = statement;
    const action = actionTest(statement);
    const resource = resourceTest(statement, variables);
    const condition = Condition && compileConditions(Condition, Effect, variables);
    return {
      label: statement.Sid ?? `statement ${index + 1}`,
      effect: Effect,
      principals: compilePrincipals(statement),
      speaksAbout: (request) => action(request.action) && resource(request) && (!condition || condition(request)),
    };
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new MalformedPolicy(`Statement ${index + 1}: ${error.message}`, { cause: error });
  }
}

/** Actions are the same in upper and lower case. */
function actionTest({ Action, NotAction }: Statement): (action: string) => boolean {
  const matchers = (Action ?? NotAction ?? []).map((pattern) => compileGlob(globOf(pattern.toLowerCase())));
  const wanted = Action !== undefined;
  return (action) => {
    const lower = action.toLowerCase();
    return matchers.some((matches) => matches(lower)) === wanted;
  };
}

/** Resources are not. A trust policy has none: it speaks about the role that it is of. */
function resourceTest({ Effect, Resource, NotResource }: Statement, variables: boolean) {
  const patterns = Resource ?? NotResource;
  if (!patterns) return () => true;
  const matchers = patterns.map((pattern) => compileTemplate(parseTemplate(pattern, variables), { segments: true }));
  const wanted = Resource !== undefined;
  return (request: RequestContext): boolean => {
    const matched = matchesOne(matchers, request);
    // A variable without value names nothing. It must not widen what an Allow excludes.
    if (matched === undefined) return !wanted && Effect === 'Deny';
    return matched === wanted;
  };
}

/** undefined: none matched, and one could not be resolved. */
function matchesOne(matchers: readonly TemplateMatcher[], request: RequestContext): boolean | undefined {
  let unresolved = false;
  for (const matches of matchers) {
    const matched = matches(request.resource.arn, request);
    if (matched) return true;
    if (matched === undefined) unresolved = true;
  }
  return unresolved ? undefined : false;
}
