using Spate.Broker.Hosting;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A broker that cannot start says why in one sentence, and harms nothing.</summary>
public sealed class StartRefusalTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task Directory_that_another_broker_uses_is_refused_and_the_other_goes_on()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");

        var refusal = await RefusalAsync();

        Assert.Contains(TestBroker.DataPath, refusal, StringComparison.Ordinal);
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
    }

    [Fact]
    public async Task Directory_of_another_node_is_refused_and_served_to_its_own()
    {
        await LeaveAsync();

        Assert.Contains("2", await RefusalAsync("node.id=2"), StringComparison.Ordinal);

        await using var broker = await TestBroker.StartOnAsync(_files);
        Assert.Equal(["a"], await broker.ReadAsync("t", 0));
    }

    [Fact]
    public async Task Directories_of_two_clusters_are_refused()
    {
        await LeaveAsync();
        var other = Path.GetFullPath("/other");
        await using (await TestBroker.StartOnAsync(_files, $"log.dirs={other}"))
        {
        }

        Assert.Contains(other, await RefusalAsync($"log.dirs={TestBroker.DataPath},{other}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_that_is_taken_is_refused_before_a_disk_is_touched()
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Contains($"{broker.EndPoint.Port}", await RefusalAsync($"listeners=PLAINTEXT://127.0.0.1:{broker.EndPoint.Port}"), StringComparison.Ordinal);

        Assert.False(_files.DirectoryExists(TestBroker.DataPath));
    }

    [Fact]
    public async Task Log_of_decisions_that_is_damaged_is_refused_and_stays_as_it_is()
    {
        await LeaveAsync();
        var path = Path.Combine(TestBroker.DataPath, "__cluster_metadata-0", "00000000000000000000.log");
        var length = _files.FileLength(path);
        using (var file = _files.Open(path, FileOpening.Existing))
        {
            // Within the fields of the first decision, behind the header of its batch.
            file.Write([0xFF, 0xFF, 0xFF], 70);
        }

        // Twice, for the first refusal gives the locks back and leaves what it found.
        Assert.Contains("__cluster_metadata", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Contains("__cluster_metadata", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Equal(length, _files.FileLength(path));
    }

    private async Task LeaveAsync()
    {
        await using var broker = await TestBroker.StartOnAsync(_files);
        await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "a");
        await broker.StopAsync();
    }

    private async Task<string> RefusalAsync(params string[] assignments)
    {
        var refusal = await Assert.ThrowsAsync<BrokerStartException>(async () => await TestBroker.StartOnAsync(_files, assignments));
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }
}
