using Spate.Cli.Output;

namespace Spate.Cli.Doctor;

/// <summary>What a data directory lies on, and whether there is room.</summary>
internal sealed class DirectoryCheck(HostFiles files, Func<string, (long Free, long Total)?> space, Diagnosis diagnosis)
{
    private const double FreeMin = 0.1;
    private const double FreeCritical = 0.03;

    private static readonly string[] OverNetwork = ["nfs", "nfs3", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "virtiofs", "afs"];

    private static readonly string[] Passing = ["tmpfs", "ramfs", "overlay"];

    public void Run(string directory)
    {
        if (Mount.Of(files.Read("/proc/self/mountinfo") ?? "", directory) is { } mount)
        {
            LookAtKind(directory, mount);
        }

        if (space(directory) is ({ } free, { } total and > 0) && free < total * FreeMin)
        {
            diagnosis.Add(
                free < total * FreeCritical ? Severity.Error : Severity.Warning, directory, $"{Wording.Size(free)} of {Wording.Size(total)} are free",
                "A broker whose volume is full cannot write, and takes the directory out of use.", "spate topics describe   # what is large; then lower retention.ms or retention.bytes, or make the volume larger");
        }

        diagnosis.Looked($"data directory {directory}");
    }

    private void LookAtKind(string directory, Mount mount)
    {
        if (Array.Exists(OverNetwork, kind => kind == mount.Kind))
        {
            diagnosis.Add(
                Severity.Error, directory, $"it lies on {mount.Source}, a file system of kind {mount.Kind} that is reached over a network or from outside",
                "What it calls written may be lost, locks and renames may not hold, and a hiccup of the network stops the broker: files that are deleted while open end in errors.", "Put log.dirs on a local disk (ext4 or xfs) and move the data there while the broker is stopped.");
        }
        else if (Array.Exists(Passing, kind => kind == mount.Kind))
        {
            diagnosis.Add(
                Severity.Warning, directory, $"it lies on a file system of kind {mount.Kind}", "What is there goes with the container or the machine's next start.", "Put log.dirs on a volume that stays.");
        }
        else if ((files.Read($"/sys/dev/block/{mount.Device}/queue/rotational") ?? files.Read($"/sys/dev/block/{mount.Device}/../queue/rotational")) == "1")
        {
            diagnosis.Add(Severity.Note, directory, $"{mount.Source} says that it is a spinning disk", "Reading old records while new ones come makes its head wander, and everything slow.", "Give each busy directory a disk of its own, or use a solid-state disk.");
        }
    }
}
