using Spate.Cli.Tests.Harness;
using Spate.Testing;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>The real broker process at a terminal.</summary>
public sealed class StartTests : IDisposable
{
    private const int Failure = 1;
    private const int Interrupted = 130;

    private readonly string _directory = Directory.CreateTempSubdirectory("spate-cli-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_directory_that_another_process_uses_is_refused_with_who_that_is_and_what_to_do()
    {
        await using var other = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Storage = EmbeddedStorage.Folder(_directory) });
        var refused = await RealProgram.ShellAsync($"spate start --set log.dirs={_directory} --set listeners=PLAINTEXT://127.0.0.1:0", "");
        Assert.True(refused.ExitCode == Failure, refused.ToString());
        var sentence = Assert.Single(refused.Errors.Split('\n'), static line => line.StartsWith("spate: ", StringComparison.Ordinal));
        Assert.Contains($"The log directory '{_directory}' is in use: ", sentence, StringComparison.Ordinal);
        Assert.EndsWith($" holds '{_directory}/.lock'. Stop it, or give this broker a directory of its own (log.dirs).", sentence, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"is in use: process {Environment.ProcessId} (", sentence, StringComparison.Ordinal);
        }
    }

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

    /// <summary>The same pipe in the way of the last thing that a stop writes.</summary>
    [Fact]
    public async Task A_stop_whose_disk_does_not_answer_is_ended_by_Ctrl_C_once_more()
    {
        var ended = await RealProgram.DialogueAsync(
            $"mkfifo {_directory}/.kafka_cleanshutdown.tmp; spate start --set log.dirs={_directory} --set listeners=PLAINTEXT://127.0.0.1:0",
            "",
            ("Started in", "\u0003"),
            ("Stopping", "\u0003"));
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.Contains("Told to stop: Ctrl-C once more ends it at once", ended.Output, StringComparison.Ordinal);
        Assert.Contains("spate: Told to stop once more: ends at once, and the next start recovers the logs.", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);

        File.Delete($"{_directory}/.kafka_cleanshutdown.tmp");
        var again = await RealProgram.DialogueAsync($"spate start --set log.dirs={_directory} --set listeners=PLAINTEXT://127.0.0.1:0", "", ("Started in", "\u0003"));
        Assert.True(again.ExitCode == 0, again.ToString());
    }
}
