#!/usr/bin/env bash
#SBATCH --job-name=icecore-volumes
#SBATCH --output=volume-%a.log
#SBATCH --requeue
# Builds the volumes of a plan as an array of Slurm jobs, four at a time here:
#   sbatch --array=0-11%4 slurm.sh archive.plan /backup
# Further arguments are those of `icecore volume build`.
set -uo pipefail

plan=$1 to=$2
shift 2
readonly most_restarts=3

icecore volume build "$plan" --to "$to" "$@"
code=$?
# 1: the disk, the network or the source failed; 130: interrupted. After 2 and 4 nothing gets better.
if ((code == 1 || code == 130)) && ((${SLURM_RESTART_COUNT:-0} < most_restarts)); then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
