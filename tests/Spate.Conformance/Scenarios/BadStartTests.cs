using System.Net;
using System.Net.Sockets;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Starts that cannot work: one clear sentence on standard error, a status that says whose fault it was, and no harm done.</summary>
public sealed class BadStartTests
{
    private const int Failure = 1;
    private const int Usage = 2;

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var directory = new TestDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(port, directory["data"]));

        AssertSentence(ended, Failure, $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_data_directory_that_a_live_broker_uses_is_named_and_the_live_broker_does_not_notice()
    {
        await using var broker = await BrokerProcess.StartAsync();

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(0, broker.DataDirectory));

        AssertSentence(ended, Failure, broker.DataDirectory);
        Assert.Contains("in use", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await broker.StopAsync());
    }

    [Fact]
    public async Task A_data_directory_of_another_node_is_refused()
    {
        await using var broker = await BrokerProcess.StartAsync();
        Assert.Equal(0, await broker.StopAsync());
        var before = Contents(broker.DataDirectory);

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(0, broker.DataDirectory, ("node.id", "2")));

        AssertSentence(ended, Failure, "node");
        Assert.Contains("meta.properties", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(before, Contents(broker.DataDirectory));
        await broker.RestartAsync();
    }

    [Fact]
    public async Task Data_directories_of_two_clusters_are_refused_together()
    {
        await using var one = await BrokerProcess.StartAsync();
        await using var other = await BrokerProcess.StartAsync();
        Assert.Equal(0, await one.StopAsync());
        Assert.Equal(0, await other.StopAsync());

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(0, $"{one.DataDirectory},{other.DataDirectory}"));

        AssertSentence(ended, Failure, "cluster");
        await one.RestartAsync();
        await other.RestartAsync();
    }

    [Fact]
    public async Task A_meta_properties_file_that_says_nothing_is_refused_and_left_as_it_is()
    {
        using var directory = new TestDirectory();
        Directory.CreateDirectory(directory["data"]);
        await File.WriteAllTextAsync(directory["data", "meta.properties"], "version=7\n");

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(0, directory["data"]));

        AssertSentence(ended, Failure, "meta.properties");
        Assert.Equal("version=7\n", await File.ReadAllTextAsync(directory["data", "meta.properties"]));
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_named()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory["file"], "in the way");

        var ended = await SpateProgram.RunAsync(BrokerProcess.Arguments(0, directory["file", "data"]));

        AssertSentence(ended, Failure, directory["file", "data"]);
    }

    [Fact]
    public async Task An_option_that_there_is_not_is_named_and_nothing_is_started()
    {
        using var directory = new TestDirectory();

        var ended = await SpateProgram.RunAsync(["start", "--colour", "blue", "--set", $"log.dirs={directory["data"]}"]);

        Assert.Equal(Usage, ended.ExitCode);
        Assert.Contains("--colour", ended.Errors, StringComparison.Ordinal);
        Assert.Empty(Contents(directory.Path));
    }

    [Fact]
    public async Task A_file_of_settings_that_is_given_as_to_Kafka_s_own_script_is_told_how_it_is_given()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory["server.properties"], $"log.dirs={directory["data"]}\n");

        var ended = await SpateProgram.RunAsync(["start", directory["server.properties"]]);

        AssertSentence(ended, Usage, $"--config {directory["server.properties"]}");
        Assert.Equal(["server.properties"], Contents(directory.Path).Select(entry => entry.Name));
    }

    [Fact]
    public async Task All_wrong_settings_are_named_at_once_and_nothing_is_created()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory["server.properties"], "num.partitions=none\n=no name\n");

        var ended = await SpateProgram.RunAsync(
        [
            "start", "--config", directory["server.properties"], "--set", $"log.dirs={directory["data"]}", "--set", "auto.create.topics.enable=perhaps",
            "--set", "group.max.size=0",
        ]);

        Assert.True(ended.ExitCode == Usage, $"{ended}");
        Assert.Equal(4, ended.ErrorLines.Count);
        foreach (var fault in new[] { "num.partitions=none", "line 2 has no name", "auto.create.topics.enable=perhaps", "group.max.size=0" })
        {
            Assert.Single(ended.ErrorLines, line => line.Contains(fault, StringComparison.Ordinal));
        }

        Assert.Equal(["server.properties"], Contents(directory.Path).Select(entry => entry.Name));
    }

    [Fact]
    public async Task A_file_of_settings_that_is_not_there_is_named()
    {
        using var directory = new TestDirectory();

        var ended = await SpateProgram.RunAsync("start", "--config", directory["missing.properties"]);

        AssertSentence(ended, Usage, directory["missing.properties"]);
    }

    [Fact]
    public async Task Settings_in_a_file_are_used_and_the_command_line_wins_over_them()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(
            directory["server.properties"], $"# a comment\nlisteners=PLAINTEXT://127.0.0.1:1\nlog.dirs={directory["data"]}\n");

        await using var program = RunningProgram.Start(
            SpateProgram.Executable, ["start", "--config", directory["server.properties"], "--set", "listeners=PLAINTEXT://127.0.0.1:0"]);
        await program.Output.WaitForAsync("Started in", Bounds.Broker);
        program.Signal(Signals.Terminate);

        Assert.Equal(0, await program.WaitForExitAsync(Bounds.Broker));
        Assert.True(File.Exists(directory["data", "meta.properties"]));
    }

    /// <summary>Holds that the program ended with the status and said one thing on standard error, of which the text is a part.</summary>
    private static void AssertSentence(Completed ended, int status, string part)
    {
        Assert.True(ended.ExitCode == status, $"Status {status} was expected of this:\n{ended}");
        var said = Assert.Single(ended.ErrorLines);
        Assert.StartsWith("spate: ", said, StringComparison.Ordinal);
        Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", said, StringComparison.Ordinal);
    }

    private static IReadOnlyList<(string Name, long Length)> Contents(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => (entry.Name, entry is FileInfo file ? file.Length : -1))
            .Order(),
    ];
}
