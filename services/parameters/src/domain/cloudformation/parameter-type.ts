import { templateError } from './template-error.js';

/** What a template's parameter may be. */
export interface ParameterType {
  readonly text: string;
  /** `value`: what is given names a parameter of Parameter Store, and its value is used; `name`: it names one. */
  readonly store?: 'value' | 'name';
  readonly list: boolean;
  /** Of the value, or of each of the list. */
  readonly item: ItemType;
}

/** What one value may be. */
export type ItemType = 'String' | 'Number' | AwsType;

/** Things of AWS that CloudFormation knows by their form. */
export type AwsType = (typeof AWS_TYPES)[number];

const AWS_TYPES = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
] as const;

/** Reads a type as it stands in a template. @throws ApiError ValidationError */
export function parameterType(text: string): ParameterType {
  if (text === 'AWS::SSM::Parameter::Name') return { text, store: 'name', list: false, item: 'String' };
  const stored = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(text)?.[1];
  const value = valueType(stored ?? text);
  // Parameter Store knows no numbers.
  if (!value || (stored !== undefined && value.item === 'Number')) {
    throw templateError(`Template format error: Unrecognized parameter type: ${text}`);
  }
  return { text, ...(stored === undefined ? {} : { store: 'value' }), ...value };
}

function valueType(text: string): { list: boolean; item: ItemType } | undefined {
  if (text === 'CommaDelimitedList') return { list: true, item: 'String' };
  const listed = /^List<(.+)>$/.exec(text)?.[1];
  const item = itemType(listed ?? text);
  return item && { list: listed !== undefined, item };
}

function itemType(text: string): ItemType | undefined {
  if (text === 'String' || text === 'Number') return text;
  return AWS_TYPES.find((each) => each === text);
}
