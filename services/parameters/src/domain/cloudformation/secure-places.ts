/** Where CloudFormation takes `ssm-secure`, and nowhere else: `*` stands for the place in a list. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'AWS::DirectoryService::MicrosoftAD': ['Password'],
  'AWS::DirectoryService::SimpleAD': ['Password'],
  'AWS::ElastiCache::ReplicationGroup': ['AuthToken'],
  'AWS::IAM::User': ['LoginProfile/Password'],
  'AWS::KinesisFirehose::DeliveryStream': ['RedshiftDestinationConfiguration/Password'],
  'AWS::OpsWorks::App': ['AppSource/Password'],
  'AWS::OpsWorks::Stack': ['CustomCookbooksSource/Password', 'RdsDbInstances/*/DbPassword'],
  'AWS::RDS::DBCluster': ['MasterUserPassword'],
  'AWS::RDS::DBInstance': ['MasterUserPassword'],
  'AWS::Redshift::Cluster': ['MasterUserPassword'],
};

/** @param path below Properties; the places of lists are numbers, functions such as `Fn::Sub` stand in it too */
export function mayBeSecure(resourceType: string, path: readonly (string | number)[]): boolean {
  const places = Object.hasOwn(PLACES, resourceType) ? PLACES[resourceType]! : [];
  // A password may be put together by a function: what counts is the property that it ends in.
  const end = path.findIndex((each) => typeof each === 'string' && each.startsWith('Fn::'));
  const property = (end < 0 ? path : path.slice(0, end)).map((each) => (typeof each === 'number' ? '*' : each));
  return places.includes(property.join('/'));
}
