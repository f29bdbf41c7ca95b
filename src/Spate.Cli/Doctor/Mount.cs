namespace Spate.Cli.Doctor;

/// <summary>A file system as the kernel lists it.</summary>
/// <param name="Device">Major and minor number of the device, such as <c>259:1</c>.</param>
/// <param name="Path">Where it is mounted.</param>
/// <param name="Kind">Such as <c>ext4</c> or <c>nfs4</c>.</param>
/// <param name="Source">What is mounted.</param>
internal sealed record Mount(string Device, string Path, string Kind, string Source)
{
    /// <summary>The one that a directory lies on; null when the kernel does not tell.</summary>
    /// <param name="mounts">What <c>/proc/self/mountinfo</c> says.</param>
    /// <param name="directory">An absolute path.</param>
    public static Mount? Of(string mounts, string directory) => mounts.Split('\n').Select(Parse).OfType<Mount>()
        .Where(mount => mount.Path == "/" || directory == mount.Path || directory.StartsWith($"{mount.Path}/", StringComparison.Ordinal))
        .MaxBy(static mount => mount.Path.Length);

    private static Mount? Parse(string line)
    {
        // Optional fields stand before the dash, as many as there are.
        var words = line.Split(' ');
        var dash = Array.IndexOf(words, "-");
        return dash > 5 && words.Length > dash + 2 ? new Mount(words[2], words[4].Replace("\\040", " ", StringComparison.Ordinal), words[dash + 1], words[dash + 2]) : null;
    }
}
