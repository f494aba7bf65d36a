import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { ExtractError, type ExtractFile } from '../connector.ts';

/** One `<mesure>` of the answer, text as it stands. */
export interface Measure {
  /** n-th `<mesure>` of the document, from 1 */
  readonly row: number;
  readonly grid: 'distributor' | 'supplier';
  readonly quantity: string;
  readonly timeClass: string;
  readonly calendar: string;
  readonly unit: string;
  readonly value: string;
  readonly begin: string;
  readonly end: string;
  readonly nature: string;
  readonly status: string;
}

export interface Answer {
  /** point number in the envelope; absent when the answer was taken out of it */
  readonly meter?: string;
  readonly measures: readonly Measure[];
}

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_DEPTH = 40;
const LONGEST_TEXT = 4000;

/** Elements whose text or code is read, wherever the version of the service puts them. */
const GRIDS: Readonly<Record<string, Measure['grid']>> = {
  seriesMesuresDateesGrilleTurpe: 'distributor',
  seriesMesuresDateesGrilleFrn: 'supplier',
};

/**
 * Reads the answer of Enedis SGE's web service consulterMesures, in its SOAP envelope or without it.
 * Namespaces are not looked at: their versions change, the local names have not.
 *
 * @throws {ExtractError} SGE-001 empty or oversized; SGE-002 not well-formed; SGE-003 a document type is
 *   declared; SGE-004 no answer of consulterMesures; SGE-005 the service answered with an error
 */
export async function readAnswer(extract: ExtractFile): Promise<Answer> {
  if (extract.bytes === 0) throw new ExtractError('SGE-001', { extract: extract.name }, { case: 'empty' });
  if (extract.bytes > MOST_BYTES) {
    const values = { limit: MOST_BYTES / 1024 / 1024 };
    throw new ExtractError('SGE-001', { extract: extract.name }, { case: 'large', values });
  }
  const decoder = new TextDecoder(await declaredEncoding(extract), { fatal: true });
  const reader = new AnswerReader(extract.name);
  try {
    for await (const chunk of createReadStream(extract.path))
      reader.write(decoder.decode(chunk as Buffer, { stream: true }));
    reader.write(decoder.decode());
    return reader.close();
  } catch (cause) {
    if (cause instanceof ExtractError) throw cause;
    const [said = ''] = (cause as Error).message.split('\n');
    throw new ExtractError('SGE-002', { extract: extract.name }, { case: 'xml', values: { said }, cause });
  }
}

/** Gathers measures while the document goes by; nothing is expanded, nothing is fetched. */
class AnswerReader {
  private readonly parser = new SaxesParser({ xmlns: false, position: false });
  private readonly path: string[] = [];
  private readonly measures: Measure[] = [];
  private text = '';
  private meter: string | undefined;
  private answered = false;
  private grid: Measure['grid'] | undefined;
  private serie: Partial<Record<'quantity' | 'timeClass' | 'calendar' | 'unit', string>> = {};
  private measure: Partial<Record<'value' | 'begin' | 'end' | 'nature' | 'status', string>> = {};
  private failure: { code: string; text: string } | undefined;
  private seen = 0;

  constructor(private readonly name: string) {
    this.parser.on('error', (error) => {
      throw error;
    });
    this.parser.on('doctype', () => {
      throw this.doctype();
    });
    this.parser.on('opentag', (tag) => this.open(tag));
    this.parser.on('closetag', (tag) => this.close_(local(tag.name)));
    for (const event of ['text', 'cdata'] as const) this.parser.on(event, (text) => this.read(text));
  }

  write(text: string): void {
    // saxes keeps a declaration until its end: refused at its beginning, however long it is
    if (this.seen < 4096 && /<!DOCTYPE/i.test(text.slice(0, 4096))) throw this.doctype();
    this.seen += text.length;
    this.parser.write(text);
  }

  close(): Answer {
    this.parser.close();
    if (this.failure && this.measures.length === 0) {
      const said = `${this.failure.code} ${this.failure.text}`.trim();
      throw new ExtractError('SGE-005', { extract: this.name }, { values: { said } });
    }
    if (!this.answered) throw new ExtractError('SGE-004', { extract: this.name });
    return { measures: this.measures, ...(this.meter === undefined ? {} : { meter: this.meter }) };
  }

  private doctype(): ExtractError {
    return new ExtractError('SGE-003', { extract: this.name });
  }

  private open(tag: SaxesTagPlain): void {
    const name = local(tag.name);
    const code = codeOf(tag);
    this.path.push(name);
    this.text = '';
    if (this.path.length > MOST_DEPTH) throw new Error(`elements are nested deeper than ${MOST_DEPTH}`);
    if (name === 'consulterMesuresResponse') this.answered = true;
    if (GRIDS[name] !== undefined) this.grid = GRIDS[name];
    if (name === 'serie') this.serie = {};
    if (name === 'mesure') this.measure = {};
    if (name === 'grandeurPhysique') this.serie.quantity = code;
    if (name === 'classeTemporelle') this.serie.timeClass = code;
    if (name === 'calendrier') this.serie.calendar = code;
    if (name === 'nature') this.measure.nature = code;
    if (name === 'statut') this.measure.status = code;
    if ((name === 'resultat' || name === 'erreur') && code !== undefined && code !== 'SGT200') {
      this.failure = { code, text: '' };
    }
  }

  private read(piece: string): void {
    this.text += piece;
    if (this.text.length > LONGEST_TEXT && this.text.trim().length > LONGEST_TEXT) {
      throw new Error(`the element ${this.path.at(-1)} holds more than ${LONGEST_TEXT} characters`);
    }
  }

  private close_(name: string): void {
    const text = this.text.trim();
    const parent = this.path.at(-2);
    this.path.pop();
    this.text = '';
    if (name === 'pointId' && text !== '') this.meter ??= text;
    if (name === 'unite' && parent === 'serie') this.serie.unit = text;
    if (parent === 'mesure') {
      if (name === 'valeur') this.measure.value = text;
      if (name === 'dateDebut') this.measure.begin = text;
      if (name === 'dateFin') this.measure.end = text;
    }
    if (this.failure && (name === 'resultat' || name === 'erreur') && this.failure.text === '')
      this.failure.text = text;
    if (name === 'faultstring' && !this.failure) this.failure = { code: '', text };
    if (GRIDS[name] !== undefined) this.grid = undefined;
    if (name === 'mesure' && this.grid !== undefined) this.keep(this.grid);
  }

  private keep(grid: Measure['grid']): void {
    const { quantity = '', timeClass = '', calendar = '', unit = '' } = this.serie;
    const { value = '', begin = '', end = '', nature = '', status = '' } = this.measure;
    this.measures.push({
      row: this.measures.length + 1,
      grid,
      quantity,
      timeClass,
      calendar,
      unit,
      value,
      begin,
      end,
      nature,
      status,
    });
  }
}

function codeOf(tag: SaxesTagPlain): string | undefined {
  return tag.attributes.code;
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

async function declaredEncoding(extract: ExtractFile): Promise<string> {
  const file = await open(extract.path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
    if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
    const declared = /^\ufeff?<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/
      .exec(head.toString('utf8'))?.[1]
      ?.toLowerCase();
    if (declared === undefined || declared === 'utf-8') return 'utf-8';
    if (declared === 'iso-8859-1' || declared === 'windows-1252' || declared === 'us-ascii')
      return 'windows-1252';
    throw new ExtractError(
      'SGE-002',
      { extract: extract.name },
      { case: 'encoding', values: { encoding: declared } },
    );
  } finally {
    await file.close();
  }
}
