import type { ItemType } from './parameter-type.js';

interface Format {
  readonly pattern: RegExp;
  readonly wanted: string;
}

/** `vpc-` and its like: eight hexadecimal digits, or the seventeen that newer things have. */
function ec2Id(prefix: string): Format {
  return {
    pattern: new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`),
    wanted: `${prefix}- and 8 or 17 of the characters 0-9 and a-f`,
  };
}

const formats: Readonly<Record<ItemType, Format | undefined>> = {
  String: undefined,
  Number: { pattern: /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, wanted: 'a number' },
  'AWS::EC2::AvailabilityZone::Name': {
    // us-east-1a, and local zones such as us-west-2-lax-1a
    pattern: /^[a-z]{2}(?:-[a-z]+)+-\d+(?:-[a-z]+-\d+)?[a-z]$/,
    wanted: 'an Availability Zone such as us-east-1a',
  },
  'AWS::EC2::Image::Id': ec2Id('ami'),
  'AWS::EC2::Instance::Id': ec2Id('i'),
  'AWS::EC2::KeyPair::KeyName': { pattern: /^[\x20-\x7e]{1,255}$/, wanted: '1 to 255 ASCII characters' },
  'AWS::EC2::SecurityGroup::GroupName': {
    pattern: /^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/,
    wanted: '1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not beginning with sg-',
  },
  'AWS::EC2::SecurityGroup::Id': ec2Id('sg'),
  'AWS::EC2::Subnet::Id': ec2Id('subnet'),
  'AWS::EC2::VPC::Id': ec2Id('vpc'),
  'AWS::EC2::Volume::Id': ec2Id('vol'),
  'AWS::Route53::HostedZone::Id': {
    pattern: /^(?:\/hostedzone\/)?Z[A-Z0-9]{1,31}$/,
    wanted: 'Z and up to 31 capital letters and digits',
  },
};

/** @returns what a value of that type looks like, when this one does not */
export function formatMissed(item: ItemType, value: string): string | undefined {
  const format = formats[item];
  return format && !format.pattern.test(value) ? format.wanted : undefined;
}

/** The values of a list as CloudFormation splits it: by commas, without blanks around them. */
export function listItems(value: string): string[] {
  return value.split(',').map((each) => each.trim());
}
