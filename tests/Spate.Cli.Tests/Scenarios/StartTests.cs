using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>The real broker process at a terminal.</summary>
public sealed class StartTests : IDisposable
{
    private const int Interrupted = 130;

    private readonly string _directory = Directory.CreateTempSubdirectory("spate-cli-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A pipe that nobody writes into is, to whoever opens it, a disk that never answers.</summary>
    [Fact]
    public async Task A_start_whose_disk_does_not_answer_says_what_it_waits_for_and_Ctrl_C_twice_ends_it()
    {
        var ended = await RealProgram.DialogueAsync(
            $"mkfifo {_directory}/recovery-point-offset-checkpoint; spate start --set log.dirs={_directory} --set listeners=PLAINTEXT://127.0.0.1:0",
            "",
            ("Still starting after", "\u0003"),
            ("Told to stop while starting", "\u0003"));
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.Contains("Still starting after 2 s: waiting for the disk to list logs", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);
    }
}
