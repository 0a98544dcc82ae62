import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A long-term key that signs calls. */
@Entity('access_key')
export class AccessKeyEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'uuid' })
  principal!: string;

  /** Opened only to derive a signing key. */
  @Column({ type: 'text', name: 'sealed_secret' })
  sealedSecret!: string;

  @Column({ type: 'text' })
  status!: 'Active' | 'Inactive';

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
