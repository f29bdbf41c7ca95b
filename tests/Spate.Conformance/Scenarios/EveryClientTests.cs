using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>What every client must be able to do, with each client in each role.</summary>
public sealed class EveryClientTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    public static TheoryData<string, string, string> WritersReadersAndCodecs()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var writer in ForeignClients.All)
        {
            foreach (var reader in ForeignClients.All)
            {
                foreach (var codec in Codecs)
                {
                    data.Add(writer.Name, reader.Name, codec);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WritersReadersAndCodecs))]
    public async Task What_one_client_writes_another_reads_alone_and_as_a_group(string writerName, string readerName, string codec)
    {
        var writer = ForeignClients.Named(writerName);
        var reader = ForeignClients.Named(readerName);
        var topic = $"every-client.{writerName}.{readerName}.{codec}";
        var written = SeededText.Lines(seed: 7, bytes: 20_000).Select((line, index) => new ClientRecord($"key-{index % 10}", line)).ToList();

        await writer.WriteAsync(shared.Broker, topic, codec, written);

        Assert.Equal(written, await reader.ReadAllAsync(shared.Broker, topic));
        var half = written.Count / 2;
        Assert.Equal(written[..half], await reader.ReadAsGroupAsync(shared.Broker, topic, $"group of {topic}", half));
        Assert.Equal(written[half..], await reader.ReadAsGroupAsync(shared.Broker, topic, $"group of {topic}", written.Count - half));
    }
}
