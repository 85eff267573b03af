/**
 * What each command is for, in a line: apart from the commands, all of whose parsers would have to be
 * made to list them.
 * @module
 */

/** The commands in the order in which help lists them. */
export const BRIEFS = {
  build: "Build an image of one or more folders.",
  run: "Run backups that the settings file describes.",
  schedule: "Print, or install, what runs a job every night, or verifies every month.",
  list: "List the images of a folder: dates, sizes, layers, when verified.",
  prune: "Remove images that no rule keeps.",
  merge: "Merge an image and those that it lies on into a full one.",
  verify: "Verify an image: contents, structure, source.",
  info: "Describe an image.",
  report: "Draw a page about an image.",
  ls: "List what is in an image.",
  cat: "Print files of an image.",
  find: "Find files of an image.",
  extract: "Extract files, folders or everything.",
  digests: "Print the SHA-256 of each file, from the image alone.",
  diff: "Compare two images, or an image with a folder.",
  export: "Write a folder of an image to stdout as a tar archive.",
  join: "Join the parts of a file that was split.",
  mount: "Mount an image read-only.",
  umount: "Unmount an image.",
  serve: "Browse images in a web browser.",
  volume: "Cut a tree into volumes, and build, find and verify them.",
  steps: "List the recipes, their steps and their options.",
  recipe: "Print recipe files to start from, and their schema.",
  "new-step": "Write a step of your own to start from, and its test.",
  doctor: "Look at what is installed, and say what works.",
  clean: "Release what builds left that were killed.",
} as const;
