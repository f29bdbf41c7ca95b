using Spate.Broker.Hosting;
using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Cluster;

/// <summary>What a whole broker writes to its log of decisions when it starts, and how it starts on logs that others left.</summary>
public sealed class RegistrationTests
{
    private static readonly string LogPath = Path.Combine(TestBroker.DataPath, "__cluster_metadata-0", "00000000000000000000.log");

    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task First_start_decides_the_level_of_metadata_and_registers_the_broker()
    {
        int port;
        await using (var broker = await TestBroker.StartOnAsync(_files, "node.id=7"))
        {
            port = broker.EndPoint.Port;
        }

        var records = Records();
        var level = Assert.IsType<FeatureLevelRecord>(records[0]);
        Assert.Equal(("metadata.version", (short)29), (level.Name, level.FeatureLevel));
        var registration = Assert.IsType<RegisterBrokerRecord>(records[^1]);
        Assert.Equal((7, records.Count - 1L, false), (registration.BrokerId, registration.BrokerEpoch, registration.Fenced));
        var endPoint = Assert.Single(registration.EndPoints);
        Assert.Equal(("PLAINTEXT", "127.0.0.1", port), (endPoint.Name, endPoint.Host, (int)endPoint.Port));
        Assert.False(Assert.Single(registration.LogDirs).IsZero);
    }

    [Fact]
    public async Task Later_start_registers_another_incarnation_in_a_later_epoch()
    {
        for (var life = 0; life < 3; life++)
        {
            await using var broker = await TestBroker.StartOnAsync(_files);
        }

        var registrations = Records().OfType<RegisterBrokerRecord>().ToList();
        Assert.Equal(3, registrations.Select(each => each.IncarnationId).Distinct().Count());
        Assert.Equal(registrations.Select(each => each.BrokerEpoch).Order().Distinct(), registrations.Select(each => each.BrokerEpoch));
        Assert.Equal(Features.Supported.Count, Records().OfType<FeatureLevelRecord>().Count());
    }

    public static TheoryData<string> Foreign => ["access", "feature", "unknown type", "newer version", "no value"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Log_with_what_this_version_cannot_obey_is_refused_by_name_and_offset(string what)
    {
        await using (await TestBroker.StartOnAsync(_files))
        {
        }

        var offset = Records().Count;
        byte[]? value = what switch
        {
            "access" => MetadataRecordCodec.Encode(new AccessControlEntryRecord { Principal = "User:a" }),
            "feature" => MetadataRecordCodec.Encode(new FeatureLevelRecord { Name = "streams.version", FeatureLevel = 2 }),
            "unknown type" => [1, 126, 0],
            "newer version" => [1, 2, 9],
            _ => null,
        };
        Append(offset, value);

        var refusal = await Assert.ThrowsAsync<BrokerStartException>(async () => await TestBroker.StartOnAsync(_files));

        Assert.Contains($"offset {offset}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(
            what switch { "access" => nameof(AccessControlEntryRecord), "feature" => "streams.version", "unknown type" => "type 126", "newer version" => "version 9", _ => "value" },
            refusal.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("\n", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_of_Kafka_with_its_own_marks_is_read()
    {
        _files.CreateDirectory(Path.GetDirectoryName(LogPath)!);
        var id = new Uuid(4, 4);
        AppendControl(0, ControlRecordType.LeaderChange);
        Append(1, MetadataRecordCodec.Encode(new BeginTransactionRecord { Name = "Bootstrap records" }));
        Append(2, MetadataRecordCodec.Encode(new FeatureLevelRecord { Name = "metadata.version", FeatureLevel = 25 }));
        Append(3, MetadataRecordCodec.Encode(new ZkMigrationStateRecord()));
        Append(4, MetadataRecordCodec.Encode(new EndTransactionRecord()));
        Append(5, MetadataRecordCodec.Encode(new RegisterControllerRecord { ControllerId = 1 }));
        Append(6, MetadataRecordCodec.Encode(new NoOpRecord()));
        Append(7, MetadataRecordCodec.Encode(new TopicRecord { Name = "t", TopicId = id }));
        Append(8, MetadataRecordCodec.Encode(new PartitionRecord { TopicId = id, PartitionId = 0, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 }));

        await using var broker = await TestBroker.StartOnAsync(_files);

        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
        var features = await broker.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 4);
        Assert.Equal(25, features.FinalizedFeatures[0].MaxVersionLevel);
        Assert.Equal(9, Records().OfType<RegisterBrokerRecord>().Single().BrokerEpoch);
    }

    [Fact]
    public async Task Decisions_of_many_at_once_are_all_there_after_a_kill()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            var errors = await Task.WhenAll(Enumerable.Range(0, 60).Select(async number => (await broker.AskAsync(Ask.CreateTopic($"t{number}"), 7)).Topics[0].ErrorCode));
            Assert.All(errors, error => Assert.Equal(ErrorCode.None, error));
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        Assert.Equal(60, (await again.AskAsync(new MetadataRequest { Topics = null }, 9)).Topics.Count);
    }

    [Fact]
    public async Task Rack_of_the_broker_is_told_to_clients()
    {
        await using var broker = await TestBroker.StartOnAsync(_files, "broker.rack=north");

        Assert.Equal("north", (await broker.AskAsync(new MetadataRequest { Topics = null }, 9)).Brokers[0].Rack);
        Assert.Equal("north", (await broker.AskAsync(new DescribeClusterRequest(), 2)).Brokers[0].Rack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Broker_starts_from_its_snapshots_and_keeps_no_more_of_its_log_than_they_need(bool isClean)
    {
        string[] settings = ["metadata.log.max.record.bytes.between.snapshots=1"];
        for (var life = 0; life < 3; life++)
        {
            await using var broker = await TestBroker.StartOnAsync(_files, settings);
            for (var number = 0; number < 5; number++)
            {
                await broker.CreateTopicAsync($"t-{life}-{number}", 2, ("retention.ms", "5000"));
            }

            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        var names = _files.ListFiles(Path.GetDirectoryName(LogPath)!).Select(path => Path.GetFileName(path)).ToList();
        Assert.InRange(names.Count(name => name.EndsWith(".checkpoint", StringComparison.Ordinal)), 1, 2);
        Assert.DoesNotContain("00000000000000000000.log", names);
        Assert.DoesNotContain(names, name => name.EndsWith(".part", StringComparison.Ordinal));

        await using var again = await TestBroker.StartOnAsync(_files, settings);
        var topics = (await again.AskAsync(new MetadataRequest { Topics = null }, 9)).Topics;
        Assert.Equal(15, topics.Count);
        Assert.All(topics, topic => Assert.Equal(2, topic.Partitions.Count));
    }

    private List<IMetadataRecord> Records()
    {
        using var file = _files.Open(LogPath, FileOpening.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return [.. OwnedRecord.ReadAll(bytes, 1 << 20).Where(record => !record.IsControl).Select(record => MetadataRecordCodec.Decode(record.Value))];
    }

    private void Append(long offset, byte[]? value)
    {
        using var batch = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = 1 });
        batch.Append(TestBroker.StartMs, NullableBytes.Null, value is null ? NullableBytes.Null : value.AsSpan());
        Append(batch);
    }

    private void AppendControl(long offset, ControlRecordType type)
    {
        using var batch = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = 1, IsControl = true });
        ControlBatch.Append(batch, TestBroker.StartMs, type, [0, 0, 0, 0, 0, 1, 1, 1, 0]);
        Append(batch);
    }

    private void Append(RecordBatchBuilder batch)
    {
        using var file = _files.Open(LogPath, FileOpening.OpenOrCreate);
        file.Write(batch.Build().Span, file.Length);
    }
}
