import { MKFS, MKFS_OPTIONS, withMkfsImage } from "../support/images/mkfs_images.ts";
import { assertReaderAgrees } from "../support/mounts/mount_agreement.ts";
import { withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

for (const options of MKFS_OPTIONS) {
  testWith(
    MKFS,
    `the reader agrees with the kernel on mkfs ${options.join(" ")}`,
    () =>
      withMkfsImage(
        options,
        (image, folder) =>
          withMount(image, folder, (mountpoint) => assertReaderAgrees(image, mountpoint)),
      ),
  );
}
