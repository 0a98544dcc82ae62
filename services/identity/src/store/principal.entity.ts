import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who can be asked about in a decision. Only users so far. */
@Entity('principal')
export class PrincipalEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  account!: string;

  @Column({ type: 'text' })
  kind!: 'User';

  @Column({ type: 'text' })
  name!: string;

  /** Begins and ends with a slash. */
  @Column({ type: 'text' })
  path!: string;

  /** `AIDA…`: stays what it is, and is never used again. */
  @Column({ type: 'text', name: 'user_id' })
  userId!: string;

  @Column({ type: 'text' })
  arn!: string;

  @Column({ type: 'jsonb' })
  tags!: Record<string, string>;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
