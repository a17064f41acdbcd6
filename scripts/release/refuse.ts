// What `prepublishOnly` of each package runs. The release publishes tarballs that were packed and checked before, for which npm runs no scripts: whoever
// comes here publishes a folder, whose manifest still says `workspace:^` under npm.
console.error('A package is not published from its folder: its manifest would ship `workspace:^`. The release does it: docs/internals/release.md')
process.exitCode = 1
