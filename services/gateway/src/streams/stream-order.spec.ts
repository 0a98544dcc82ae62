import { type StreamMessage, serverSentEvent, streamMessage } from './stream-message.js';
import { StreamOrder } from './stream-order.js';

const message = (event: string, sequence: number): StreamMessage => ({ event, sequence, text: `${event}${sequence}` });
const told = (...messages: StreamMessage[]) => {
  const order = new StreamOrder(0);
  return messages.flatMap((each) => order.next(each)).map(({ event, sequence }) => `${event}${sequence}`);
};

describe('the order of a stream', () => {
  it('passes on what comes in order', () => {
    expect(told(message('Change', 1), message('Change', 2))).toEqual(['Change1', 'Change2']);
  });

  it('says Resync before what comes behind a gap', () => {
    expect(told(message('Change', 1), message('Change', 4))).toEqual(['Change1', 'Resync3', 'Change4']);
  });

  it('sees by a beat that the end is missing, and says it once', () => {
    expect(told(message('Change', 1), message('Alive', 1), message('Alive', 3), message('Alive', 3))).toEqual([
      'Change1',
      'Resync3',
    ]);
  });

  it('drops what was overtaken', () => {
    expect(told(message('Change', 1), message('Alive', 2), message('Change', 2))).toEqual(['Change1', 'Resync2']);
  });

  it('lets a Resync of the service stand for the gap', () => {
    expect(told(message('Resync', 5), message('Change', 6))).toEqual(['Resync5', 'Change6']);
  });

  it('says at the end that something is missing', () => {
    expect(told(message('Change', 1), message('End', 2))).toEqual(['Change1', 'Resync2', 'End2']);
  });
});

describe('a message of a stream', () => {
  it('is written as a server-sent event', () => {
    const read = streamMessage(Buffer.from('{"Event":"Change","Sequence":7,"Value":"a\\nb"}'))!;
    expect(serverSentEvent(read)).toBe(
      'id: 7\nevent: Change\ndata: {"Event":"Change","Sequence":7,"Value":"a\\nb"}\n\n',
    );
  });

  it.each(['', 'null', '[]', '{"Event":"a b"}', '{"Event":1}', '{"Event":"Change",\n"Sequence":1}'])(
    'is not made of %j',
    (text) => expect(streamMessage(Buffer.from(text))).toBeUndefined(),
  );
});
