import { SnakeNaming } from './snake-naming.js';

describe('names in the database', () => {
  const naming = new SnakeNaming();

  it('are snake_case and singular, without what only TypeScript needs', () => {
    expect(naming.tableName('ParameterVersionEntity', undefined)).toBe('parameter_version');
    expect(naming.columnName('lastModifiedBy', undefined, [])).toBe('last_modified_by');
    expect(naming.columnName('at', undefined, ['lastSeen'])).toBe('last_seen_at');
    expect(naming.joinColumnName('ownerNode', 'id')).toBe('owner_node_id');
  });

  it('of constraints are those that Postgres would give', () => {
    expect(naming.uniqueConstraintName('parameters.parameter_version', ['name', 'number'])).toBe(
      'parameter_version_name_number_key',
    );
    expect(naming.primaryKeyName('parameter')).toBe('parameter_pkey');
    expect(naming.indexName('parameter', ['path'])).toBe('parameter_path_idx');
  });
});
