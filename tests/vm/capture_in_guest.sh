# Run in a guest: captures the same work on a mount of bindfs once for each TIER in the arguments,
# after the path of fusewire. Leaves in /out for each tier its capture, its status and what it said,
# and what fusewire doctor said.
fusewire=$1
shift

"$fusewire" doctor >/out/doctor.said
echo $? >/out/doctor.status

mkdir /tmp/source /tmp/mount
for number in 1 2 3 4 5 6 7 8; do
    echo "content of $number" >/tmp/source/file$number
done
bindfs -o attr_timeout=0,entry_timeout=0,negative_timeout=0 /tmp/source /tmp/mount

for tier in "$@"; do
    "$fusewire" capture /tmp/mount --tier "$tier" -w "/out/$tier.pcapng" -- \
        cat /tmp/mount/file1 /tmp/mount/file2 /tmp/mount/file3 /tmp/mount/file4 \
        /tmp/mount/file5 /tmp/mount/file6 /tmp/mount/file7 /tmp/mount/file8 2>"/out/$tier.said"
    echo $? >"/out/$tier.status"
done
