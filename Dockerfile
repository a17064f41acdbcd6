# The pipelines and examples of this repository, as an image that runs without root.
ARG NODE=24.21.0-bookworm-slim

FROM node:${NODE} AS build
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig*.json tsup.base.ts ./
COPY packages packages
COPY examples examples
COPY bench/package.json bench/package.json
COPY scripts scripts
# The lockfile says what is installed, and nothing else is.
RUN npx -y pnpm@12 install --frozen-lockfile && node scripts/build.ts

FROM node:${NODE} AS run
ENV NODE_ENV=production
# Less memory for a few percent of the time: docs/operations/run.md.
ENV NODE_OPTIONS=--max-semi-space-size=1
WORKDIR /app
COPY --from=build /app/package.json /app/pnpm-lock.yaml /app/pnpm-workspace.yaml ./
COPY --from=build /app/packages packages
COPY --from=build /app/examples examples
# A volume that is mounted here gets this owner.
RUN mkdir data && chown node:node data
COPY --from=build /app/node_modules node_modules
USER node
VOLUME /app/data
CMD ["node", "examples/feeds/feeds.ts", "start"]
