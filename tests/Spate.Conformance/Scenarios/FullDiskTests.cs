using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>The disk runs full under a producer.</summary>
public sealed class FullDiskTests
{
    private const int DiskMegabytes = 64;
    private const int ValueBytes = 200_000;

    [RequiresDiskFact]
    public Task A_full_disk_is_told_to_the_producer_and_everything_acknowledged_is_there_once_there_is_room_and_the_broker_was_stopped() =>
        FillAsync(async broker => Assert.Equal(0, await broker.StopAsync()));

    [RequiresDiskFact]
    public Task A_full_disk_is_told_to_the_producer_and_everything_acknowledged_is_there_once_there_is_room_and_the_broker_was_killed() =>
        FillAsync(async broker =>
        {
            broker.Kill();
            await broker.WaitForExitAsync();
        });

    private static async Task FillAsync(Func<BrokerProcess, Task> endAsync)
    {
        await using var disk = await Tmpfs.MountAsync(DiskMegabytes);
        await using var broker = await BrokerProcess.StartOnAsync(Path.Combine(disk.Path, "data"), ("log.segment.bytes", "4194304"));
        var acknowledged = 0;
        using (var client = await WireClient.ConnectAsync(broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("full", 1));
            short error = 0;
            for (; acknowledged < DiskMegabytes * 1024 * 1024 / ValueBytes; acknowledged++)
            {
                (error, var offset) = await client.ProduceAsync("full", 0, Batches.OfBytes(Value(acknowledged)));
                if (error != WireError.None)
                {
                    break;
                }

                Assert.Equal(acknowledged, offset);
            }

            Assert.Equal(WireError.StorageError, error);
            Assert.NotEmpty(await client.ApiVersionsAsync());
        }

        Assert.False(broker.HasExited);
        await endAsync(broker);
        await disk.ResizeAsync(DiskMegabytes * 2);
        await broker.RestartAsync();

        var found = await Kcat.ReadAsync(broker, "full");
        Assert.True(found.Count >= acknowledged, $"{acknowledged} records were acknowledged and {found.Count} found:\n{broker.Log}");
        for (var number = 0; number < found.Count; number++)
        {
            Assert.Equal(number, found[number].Offset);
            Assert.True(Value(number).AsSpan().SequenceEqual(found[number].Value), string.Create(CultureInfo.InvariantCulture, $"Record {number} is not what was written."));
        }

        await Kcat.WriteLinesAsync(broker, "full", ["there is room again"]);
        Assert.Equal("there is room again", (await Kcat.ReadAsync(broker, "full"))[^1].Text);
        Assert.Equal(0, await broker.StopAsync());
    }

    private static byte[] Value(int number) => SeededText.Noise(number, ValueBytes);
}
