import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What lets nodes register. */
@Entity('activation')
export class ActivationEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  account!: string;

  @Column({ type: 'text' })
  region!: string;

  @Column({ type: 'bytea' })
  codeHash!: Buffer;

  @Column({ type: 'text', nullable: true })
  defaultInstanceName!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text' })
  iamRole!: string;

  @Column({ type: 'integer' })
  registrationLimit!: number;

  @Column({ type: 'integer' })
  registrationsCount!: number;

  @Column({ type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ type: 'jsonb' })
  tags!: Record<string, string>;

  @Column({ type: 'jsonb' })
  metadata!: Record<string, string>;

  @Column({ type: 'timestamptz' })
  createdAt!: Date;
}
