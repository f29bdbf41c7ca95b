namespace Spate.Conformance.Processes;

/// <summary>A small disk of its own, in memory, that can be filled without harm to anybody. Only root may have one.</summary>
internal sealed class Tmpfs : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();

    private Tmpfs()
    {
    }

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle { get; } = FindObstacle();

    /// <summary>Where the disk is mounted.</summary>
    public string Path => _directory["disk"];

    public static async Task<Tmpfs> MountAsync(int megabytes)
    {
        var disk = new Tmpfs();
        try
        {
            Directory.CreateDirectory(disk.Path);
            await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path);
            return disk;
        }
        catch
        {
            disk._directory.Dispose();
            throw;
        }
    }

    /// <summary>Makes the disk larger or smaller; what is on it stays.</summary>
    public Task ResizeAsync(int megabytes) => RunAsync("mount", "-o", $"remount,size={megabytes}m", Path);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", Path);
        _directory.Dispose();
    }

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await Execution.RunAsync(program, arguments, default, Bounds.Client)).Succeeded();

    /// <summary>Tries it: containers with root have it allowed or not, and nothing else tells.</summary>
    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "Only root on Linux may mount a small disk to fill.";
        }

        using var directory = new TestDirectory();
        var mounted = Execution.RunAsync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.Path], default, Bounds.Client).GetAwaiter().GetResult();
        if (mounted.ExitCode != 0)
        {
            return $"A small disk to fill cannot be mounted here: {mounted.Errors.Trim()}";
        }

        RunAsync("umount", directory.Path).GetAwaiter().GetResult();
        return null;
    }
}
