import type { DescFile } from '@bufbuild/protobuf';
import express, { type Router } from 'express';
import { asyncApi } from '../events/async-api.ts';
import { dataSchema, schemaPath } from '../events/event-schema.ts';
import { declaredEvents } from '../events/event-type.ts';
import { otherVerbs } from './other-verbs.ts';

/** The schemas that events name in `dataschema`, and one AsyncAPI document about all of them. */
export function eventDocuments(title: string, version: string, files: readonly DescFile[]): Router {
  const router = express.Router({ strict: true, caseSensitive: true });
  const serve = (path: string, contentType: string, document: object) => {
    const json = JSON.stringify(document);
    router
      .route(path)
      .get((_req, res) => void res.type(contentType).send(json))
      .all(otherVerbs('GET'));
  };
  for (const event of files.flatMap(declaredEvents)) {
    serve(schemaPath(event.type), 'application/schema+json', dataSchema(event));
  }
  if (files.length > 0) serve('/asyncapi.json', 'json', asyncApi(title, version, files));
  return router;
}
