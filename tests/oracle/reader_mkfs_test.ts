import { MKFS, MKFS_OPTIONS, withMkfsImage } from "../support/mkfs_images.ts";
import { assertReaderAgrees } from "../support/mount_agreement.ts";
import { withMount } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";

for (const options of MKFS_OPTIONS) {
  testWith(
    MKFS,
    `the reader agrees with the kernel on mkfs ${options.join(" ")}`,
    () =>
      withMkfsImage(
        options,
        (image, folder) =>
          withMount(image, folder, (mountpoint) =>
            assertReaderAgrees(image, mountpoint)),
      ),
  );
}
