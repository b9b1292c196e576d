import { expect } from 'chai';
import { changedFields, fieldsOf, flawsOf, newForm } from './task-form.ts';

const form = { ...newForm('habit'), title: ' Walk ' };

describe('the form of a task', () => {
  it('says what the API would refuse', () => {
    expect(flawsOf(form)).to.deep.equal({});
    expect(flawsOf(newForm('habit'))).to.deep.equal({ title: 'missing' });
    expect(flawsOf({ ...form, title: 'x'.repeat(201), description: '\u0000' })).to.deep.equal({
      title: 'tooLong',
      description: 'characters',
    });
    const refused = ['', '0', '1441', '1.5', '-1', 'ten', '1e2'].map(
      (minutes) => flawsOf({ ...form, minutes }).minutes,
    );
    expect(new Set(refused)).to.deep.equal(new Set(['minutes']));
    expect(['1', '1440'].flatMap((minutes) => Object.keys(flawsOf({ ...form, minutes })))).to.deep.equal([]);
  });

  it('sends the fields that were changed alone', () => {
    const fields = fieldsOf(form);
    expect(fields).to.deep.equal({ title: 'Walk', description: '', type: 'habit', estimatedMinutes: 30 });
    expect(changedFields(fields, fields)).to.deep.equal({});
    const before = { ...fields, title: 'Run', estimatedMinutes: 10 };
    expect(changedFields(fields, before)).to.deep.equal({ title: 'Walk', estimatedMinutes: 30 });
  });
});
