# One file for all services:  docker build --build-arg SERVICE=tracking --tag millrace/tracking .
# `npm run images` builds every service. The layers below `services/` are the same in all of them, and are kept once.
ARG NODE_IMAGE=node:24-bookworm-slim

# The manifests alone, so that a change of a source does not install everything again.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY proto/package.json proto/
COPY services/platform/package.json services/platform/
COPY services/tracking/package.json services/tracking/
COPY services/artifact-proxy/package.json services/artifact-proxy/
COPY services/model-registry/package.json services/model-registry/

FROM manifests AS build
COPY services/local/package.json services/local/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run generate && npm run build

# What runs, without what only compilers and people read.
FROM manifests AS dependencies
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
      --workspace services/tracking --workspace services/artifact-proxy --workspace services/model-registry \
 && find . -path '*/node_modules/*' -type f \
      \( -name '*.map' -o -name '*.md' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

# Node and what it loads, and nothing else: no shell, no package manager, nothing to keep patched that is not used.
FROM ${NODE_IMAGE} AS node
RUN mkdir -p /runtime/etc/ssl/certs && mkdir -m 1777 /runtime/tmp \
 && cp --parents --dereference /usr/local/bin/node $(ldd /usr/local/bin/node | grep -o '/[^ ]*') /runtime \
 && for file in /etc/nsswitch.conf /etc/ssl/certs/ca-certificates.crt; do [ ! -f $file ] || cp $file /runtime$file; done \
 && echo 'root:x:0:0::/root:/sbin/nologin' > /runtime/etc/passwd \
 && echo 'millrace:x:65532:65532::/app:/sbin/nologin' >> /runtime/etc/passwd \
 && printf 'root:x:0:\nmillrace:x:65532:\n' > /runtime/etc/group

FROM scratch AS runtime
COPY --from=node /runtime /
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    # Of the container's memory limit; the rest is for buffers, which Node keeps outside of its heap.
    # The semi-space holds what is young; left alone, it takes 100 MB and more.
    NODE_OPTIONS="--max-old-space-size-percentage=75 --max-semi-space-size=16" \
    HTTP_HOST=0.0.0.0 \
    GRPC_HOST=0.0.0.0 \
    METRICS_HOST=0.0.0.0 \
    # Longer than proxies in front keep an idle connection: see docs/operations/images.md.
    SHUTDOWN_DRAIN_MS=5000
COPY --from=dependencies /app /app
COPY --from=build /app/dist/proto /app/proto
COPY --from=build /app/dist/services/platform /app/services/platform

FROM runtime
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Millrace ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /app/dist/services/${SERVICE} /app/services/${SERVICE}
WORKDIR /app/services/${SERVICE}
USER 65532:65532
EXPOSE 8080 9090 9464
ENTRYPOINT ["node"]
CMD ["src/main.js"]
