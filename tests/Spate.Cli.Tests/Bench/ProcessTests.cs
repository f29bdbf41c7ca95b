using Spate.Cli.Bench.Processes;
using Spate.Client;

namespace Spate.Cli.Tests.Bench;

/// <summary>What is told of processes, by files as the kernel writes them.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private static readonly ServerAddress Here = new("localhost", 9092);
    private static readonly ServerAddress There = new("10.0.0.7", 9092);

    private readonly string _root = Directory.CreateTempSubdirectory("spate-proc-").FullName;

    private ProcFiles Files => new(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Who_listens_on_a_port_is_found_by_the_number_of_the_socket()
    {
        Write("self/net/tcp", Heading + Line("0100007F:2384", "0A", 111) + Line("0100007F:2385", "0A", 222) + Line("0100007F:2384", "01", 333));
        Write("self/net/tcp6", Heading + Line("00000000000000000000000000000000:2386", "0A", 444));
        AddProcess(10, "spate", "socket:[111]", "/dev/null");
        AddProcess(11, "other", "socket:[222]", "socket:[333]");
        AddProcess(12, "java", "socket:[444]");
        Assert.Equal([new LocalProcess(10, "spate"), new LocalProcess(12, "java")], ListeningProcesses.Find(Files, [0x2384, 0x2386]));
    }

    [Fact]
    public void A_child_that_has_inherited_the_socket_is_not_taken_for_the_broker()
    {
        Write("self/net/tcp", Heading + Line("0100007F:2384", "0A", 111));
        AddProcess(200, "child", "socket:[111]");
        AddProcess(30, "spate", "socket:[111]");
        Assert.Equal([new LocalProcess(30, "spate")], ListeningProcesses.Find(Files, [0x2384]));
    }

    [Fact]
    public void Nobody_is_found_where_nothing_is_told() => Assert.Empty(ListeningProcesses.Find(Files, [0x2384]));

    [Fact]
    public void Processor_time_and_memory_are_read_also_where_the_name_has_blanks_and_brackets()
    {
        Write("10/stat", "10 (a ) b) S 1 10 10 0 -1 4194560 100 0 0 0 250 75 0 0 20 0 12 0 100 1000 200\n");
        Write("10/status", "Name:\ta ) b\nVmHWM:\t  900 kB\nVmRSS:\t     512 kB\nThreads:\t12\n");
        Assert.Equal(new ProcessReading(TimeSpan.FromSeconds(3.25), 512 * 1024), ProcessReading.Of(Files, 10));
        Assert.Null(ProcessReading.Of(Files, 11));
    }

    [Fact]
    public void The_machine_tells_of_this_very_process()
    {
        if (!ProcFiles.OfMachine.AreThere)
        {
            return;
        }

        var reading = ProcessReading.Of(ProcFiles.OfMachine, Environment.ProcessId);
        Assert.True(reading is { ResidentBytes: > 0 } && reading.Value.Processor > TimeSpan.Zero);
    }

    [Fact]
    public void A_broker_that_is_found_leaves_nothing_to_say()
    {
        var brokers = BrokerProcesses.Of([new LocalProcess(10, "spate")], [Here], [], ownId: 1);
        Assert.Equal(10, Assert.Single(brokers.Seen).Id);
        Assert.Null(brokers.Missing);
    }

    [Fact]
    public void Why_a_broker_is_not_measured_is_told_with_what_to_do()
    {
        Assert.Equal("The broker is not measured: 10.0.0.7:9092 is on another machine; run this where the broker runs.", BrokerProcesses.Of([], [], [There], ownId: 1).Missing);
        Assert.Equal(
            "The broker is not measured: nobody who listens on localhost:9092 can be seen from here; run this as the broker's user or as root, and in its container.",
            BrokerProcesses.Of([], [Here], [], ownId: 1).Missing);
        Assert.Equal("The broker is not measured: the broker runs in this very process.", BrokerProcesses.Of([new LocalProcess(1, "dotnet")], [Here], [], ownId: 1).Missing);
        Assert.StartsWith("Some brokers are not measured: 10.0.0.7:9092 is on another machine", BrokerProcesses.Of([new LocalProcess(10, "spate")], [Here], [There], ownId: 1).Missing, StringComparison.Ordinal);
    }

    private static string Line(string local, string state, int inode) => $"   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 0000000000000000 100 0 0 10 0\n";

    private void AddProcess(int id, string name, params string[] open)
    {
        Write($"{id}/comm", $"{name}\n");
        var folder = Directory.CreateDirectory(Path.Combine(_root, $"{id}", "fd")).FullName;
        for (var index = 0; index < open.Length; index++)
        {
            File.CreateSymbolicLink(Path.Combine(folder, $"{index}"), open[index]);
        }
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
