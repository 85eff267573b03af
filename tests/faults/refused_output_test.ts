import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { testRefusals } from "./refusal.ts";

testRefusals([
  {
    name: "an output within the source",
    args: ["source", "-o", "source/inner/out.img", "--recipe", "e2fsprogs"],
    code: 2,
    says:
      /it lies within the source .* and would contain itself\. Choose a place outside, or .*\(-o, --exclude\)\./,
  },
  {
    name: "an output within the source by a symbolic link",
    args: ["source", "-o", "link/out.img", "--recipe", "e2fsprogs"],
    code: 2,
    says: /it lies within the source/,
    before: (lab) => symlinkSync("source/inner", lab.at("link")),
  },
  {
    name: "an output folder that is missing",
    args: ["source", "-o", "nowhere/out.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /the folder .*\/nowhere does not exist\. Make it with mkdir -p, or choose another place/,
  },
  {
    name: "an output folder that is a file",
    args: ["source", "-o", "file/out.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /\/file is not a folder\. Choose another place \(-o\)\./,
    before: (lab) => writeFileSync(lab.at("file"), ""),
  },
  {
    name: "an output that is a folder",
    args: ["source", "-o", "tmp", "--recipe", "e2fsprogs"],
    code: 1,
    says: /it exists and is not a regular file\. Choose another name \(-o\)\./,
  },
  {
    name: "an output name too long for its side file",
    args: ["source", "-o", "o".repeat(241), "--recipe", "e2fsprogs"],
    code: 1,
    says: /has 241 bytes, and \.sha512\.partial is put behind it.* at most 240 bytes/,
  },
  {
    name: "an image to stdout while the kernel is to write it",
    args: ["source", "-o", "-", "--recipe", "e2fsprogs"],
    code: 2,
    says: /cannot write the image to stdout: the kernel mounts it.*--recipe native/,
  },
  {
    name: "a partial image that is a symbolic link",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /q\.img\.partial is in the way, and is not a regular file\. Remove it/,
    before(lab) {
      writeFileSync(lab.at("precious"), "precious");
      symlinkSync("precious", lab.at("q.img.partial"));
    },
  },
  {
    name: "a side file's name that is a folder",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs", "--force"],
    code: 1,
    says: /its side file .*\/q\.img\.sha512 exists already and is a folder/,
    before: (lab) => mkdirSync(lab.at("q.img.sha512")),
  },
  {
    name: "a side file without its image",
    args: ["source", "-o", "q.img", "--recipe", "e2fsprogs"],
    code: 1,
    says: /its side file .*\/q\.img\.sha512 exists already\. Replace it/,
    before: (lab) => writeFileSync(lab.at("q.img.sha512"), "precious"),
  },
]);
