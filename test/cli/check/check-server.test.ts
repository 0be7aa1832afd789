import { expect, it } from 'vitest';
import { checkServer } from '../../../src/cli/check/check-server.js';
import { CliError } from '../../../src/cli/errors.js';
import { createHttpTransport, fixedCredentials } from '../../../src/runtime/index.js';
import { VirtualClock } from '../../support/virtual-clock.js';

it('a server that is not there is told with its address and what to look at, and not as a defect', async () => {
  // Nobody may listen on port 1.
  const address = 'http://127.0.0.1:1';
  const clock = new VirtualClock();
  const transport = createHttpTransport({ credentials: fixedCredentials(address), clock });
  const checked = checkServer(transport, address, clock);
  await expect(checked).rejects.toThrow(CliError);
  await expect(checked).rejects.toThrow(
    /the API server http:\/\/127\.0\.0\.1:1 gives no answer: .*ECONNREFUSED.*; is it running/,
  );
  transport.close();
});
