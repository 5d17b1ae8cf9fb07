import { describe, expect, it } from 'vitest';
import { readProblem } from './problem';

describe('problem', () => {
  it('keeps the code and the detail the server gave', () => {
    const problem = readProblem(409, '{"code":"auth.email_taken","detail":"Taken.","status":409}');
    expect(problem.code).toBe('auth.email_taken');
    expect(problem.detail).toBe('Taken.');
  });

  it('finds a field by name and by pointer', () => {
    const body = '{"code":"request.invalid","errors":[{"field":"email","code":"a"},{"pointer":"/password","code":"b"}]}';
    const problem = readProblem(400, body);
    expect(problem.of('email')?.code).toBe('a');
    expect(problem.of('password')?.code).toBe('b');
    expect(problem.of('name')).toBeUndefined();
  });

  it('gives a code to an answer that is not JSON', () => {
    expect(readProblem(413, '<html>too large</html>').code).toBe('upload.too_large');
    expect(readProblem(502, '').code).toBe('internal');
    expect(readProblem(401, 'null').code).toBe('auth.required');
  });
});
