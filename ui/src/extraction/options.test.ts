import { describe, expect, it } from 'vitest';
import { defaultForm, estimateFrames, fromOptions, parseRate, toOptions, validateForm, type ExtractionForm } from './options';

const form = (change: Partial<ExtractionForm>): ExtractionForm => ({ ...defaultForm, ...change });

describe('extraction options', () => {
  it('sends only the chosen way of sampling and what was filled in', () => {
    expect(toOptions(form({}))).toEqual({ fps: '1', format: 'png' });
    expect(toOptions(form({ mode: 'count', count: ' 12 ', width: '640' }))).toEqual({ count: '12', width: '640', format: 'png' });
  });

  it('sends the quality with JPEG only', () => {
    expect(toOptions(form({ format: 'jpeg', quality: 80 }))).toMatchObject({ format: 'jpeg', quality: '80' });
    expect(toOptions(form({ quality: 80 }))).not.toHaveProperty('quality');
  });

  it('turns clock times into seconds and a decimal comma into a point', () => {
    expect(toOptions(form({ mode: 'every', every: '2,5', from: '1:15', to: '90.5' }))).toMatchObject({ every: '2.5', from: '75', to: '90.5' });
  });

  it('reports every wrong field at once', () => {
    expect(validateForm(form({ fps: '0', width: '1.5', from: 'x', maxFrames: '-1' }))).toEqual({
      fps: 'rate', width: 'whole', from: 'time', maxFrames: 'whole',
    });
  });

  it('refuses a range that ends before it begins', () => {
    expect(validateForm(form({ from: '20', to: '10' }))).toEqual({ to: 'order' });
    expect(validateForm(form({ from: '10', to: '20' }))).toEqual({});
  });

  it('does not complain about the ways of sampling that are not chosen', () => {
    expect(validateForm(form({ mode: 'count', fps: 'rubbish', every: '' }))).toEqual({});
  });

  it('reads rates as numbers and as fractions', () => {
    expect(parseRate('30000/1001')).toBeCloseTo(29.97, 2);
    expect(parseRate('2,5')).toBe(2.5);
    for (const bad of ['', '0', '1/0', '-1', 'fast']) expect(parseRate(bad)).toBeNull();
  });

  it('gives back the form of a job that ran', () => {
    const options = toOptions(form({ mode: 'every', every: '5', to: '60', format: 'jpeg', quality: 75 }));
    expect(toOptions(fromOptions(options))).toEqual(options);
    expect(fromOptions({ fps: 2, every: null }).fps).toBe('2');
  });

  it('reads the fractions of seconds that the server gives back', () => {
    const again = fromOptions({ every: '5/2', from: '151/2', to: '100', format: 'png' });
    expect(again).toMatchObject({ mode: 'every', every: '2.5', from: '75.5', to: '100' });
    expect(validateForm(again)).toEqual({});
    expect(fromOptions({ fps: '30000/1001' }).fps).toBe('30000/1001');
  });

  it('knows the least and the most the server takes', () => {
    expect(validateForm(form({ fps: '241', width: '1', height: '16384', maxFrames: '100001' }))).toEqual({ fps: 'range', width: 'range', maxFrames: 'range' });
    expect(validateForm(form({ mode: 'every', every: '0.0005', to: '604801', fps: '999' }))).toEqual({ every: 'range', to: 'range' });
  });

  it('estimates the number of images', () => {
    expect(estimateFrames(form({}), 139)).toBe(139);
    expect(estimateFrames(form({ from: '100' }), 139)).toBe(39);
    expect(estimateFrames(form({ mode: 'every', every: '10', maxFrames: '5' }), 139)).toBe(5);
    expect(estimateFrames(form({ mode: 'count', count: '24' }), 139)).toBe(24);
    expect(estimateFrames(form({ fps: '30' }), 3600, 1000)).toBe(1000);
    expect(estimateFrames(form({ fps: 'x' }), 139)).toBeNull();
  });
});
