import { natsObjectStore, type ObjectStore } from '@muster/objects';

import { objectStoreSuite } from '../src/suites/object-store.js';
import { testDeployment, type TestDeployment } from '../src/test-deployment.js';

describe('the object store of the embedded shape', () => {
  let deployment: TestDeployment;
  let store: ObjectStore;
  beforeAll(async () => {
    deployment = await testDeployment();
    // With the permissions of a service that keeps objects.
    store = natsObjectStore(await deployment.connect('commands'));
  }, 60_000);
  afterAll(() => deployment.close());

  objectStoreSuite(() => store);
});
