using System.Text;
using Spate.Protocol;
using Spate.Storage.Checkpoints;
using Spate.Storage.Directories;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Directories;

/// <summary>The small files of log and partition directories: meta.properties, .kafka_cleanshutdown, partition.metadata.</summary>
public sealed class RootFilesTests : IDisposable
{
    private static readonly Uuid Id = new(0x0123456789abcdef, 0xfedcba9876543210);

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Identity_written_by_Kafka_4_is_read()
    {
        Write(DirectoryIdentity.FileName, "#\n#Tue Mar 18 10:11:12 UTC 2025\ncluster.id=MkU3OEVBNTcwNTJENDM2Qk\ndirectory.id=ASNFZ4mrze_-3LqYdlQyEA\nnode.id=7\nversion=1\n");

        Assert.Equal(new DirectoryIdentity("MkU3OEVBNTcwNTJENDM2Qk", 7, Id), Identity());
    }

    [Theory]
    [InlineData("version=0\nbroker.id=3\ncluster.id=c\n", "c", 3)]
    [InlineData("version=0\r\nbroker.id = 3\r\n", null, 3)]
    [InlineData("version:1\nnode.id:3\ncluster.id:c\\=\\:d\n", "c=:d", 3)]
    [InlineData("! comment\n\n  version=1\n\tnode.id=0", null, 0)]
    public void Identity_of_other_versions_and_styles_is_read(string text, string? clusterId, int nodeId)
    {
        Write(DirectoryIdentity.FileName, text);

        Assert.Equal(new DirectoryIdentity(clusterId, nodeId, null), Identity());
    }

    [Theory]
    [InlineData("", "version is ''")]
    [InlineData("version=2\nnode.id=1\n", "version is '2'")]
    [InlineData("version=1\nbroker.id=1\n", "node.id is ''")]
    [InlineData("version=0\nnode.id=1\n", "broker.id is ''")]
    [InlineData("version=1\nnode.id=-1\n", "node.id is '-1'")]
    [InlineData("version=1\nnode.id=x\n", "node.id is 'x'")]
    [InlineData("version=1\nnode.id=1\ndirectory.id=short\n", "directory.id is 'short'")]
    [InlineData("version=1\nnode.id=1\ndirectory.id=AAAAAAAAAAAAAAAAAAAAAA\n", "directory.id is 'AAAA")]
    [InlineData("version=1\nversion=1\nnode.id=1\n", "line 2")]
    [InlineData("version=1\nnode.id\n", "line 2")]
    [InlineData("version=1\n=5\n", "line 2")]
    [InlineData("version=1\nnode.id=\\u0031\n", "line 2")]
    [InlineData("version=1\nnode.id=1\\\n", "line 2")]
    [InlineData("version=1\nnode.id=\u0661\n", "no ASCII text")]
    public void Identity_that_makes_no_sense_is_refused_with_file_and_place(string text, string expected)
    {
        Write(DirectoryIdentity.FileName, text);

        var refused = Assert.Throws<LogDirectoryException>(Identity);

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_scratch.PathOf(DirectoryIdentity.FileName), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Identity_is_written_in_version_1_and_read_again()
    {
        var identity = new DirectoryIdentity("c = #!\\:d", 7, Id);
        identity.Write(_scratch.Files, _scratch.Root);

        Assert.Equal(
            "cluster.id=c\\ \\=\\ \\#\\!\\\\\\:d\ndirectory.id=ASNFZ4mrze_-3LqYdlQyEA\nnode.id=7\nversion=1\n",
            File.ReadAllText(_scratch.PathOf(DirectoryIdentity.FileName)));
        Assert.Equal(identity, Identity());
    }

    [Fact]
    public void Identity_bytes_of_any_kind_are_read_or_refused_in_a_sentence()
    {
        const string Letters = "version=01\nnode.id=1\\:#! \r\t\u00e4cluster.id=\ndirectory.id=";
        Rounds.ForEachSeed(5000, random =>
        {
            var content = Encoding.UTF8.GetBytes([.. Enumerable.Range(0, random.Next(80)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var isRead = DirectoryIdentity.TryParse(content, out var identity, out var fault);
            Assert.Equal((isRead, !isRead), (identity is not null, fault is not null));
        });
    }

    [Theory]
    [InlineData("", true, -1)]
    [InlineData("{\"version\":0,\"brokerEpoch\":12}", true, 12)]
    [InlineData(" { \"brokerEpoch\" : 12 , \"version\" : 0, \"more\": [] }\n", true, 12)]
    [InlineData("{\"version\":1,\"brokerEpoch\":12}", false, 0)]
    [InlineData("{\"version\":0}", false, 0)]
    [InlineData("{\"version\":\"0\",\"brokerEpoch\":12}", false, 0)]
    [InlineData("{\"version\":0,\"brokerEpoch\":1.5}", false, 0)]
    [InlineData("{\"version\":0,\"brokerEpoch\":12}{}", false, 0)]
    [InlineData("{\"version\":0,", false, 0)]
    [InlineData("[]", false, 0)]
    [InlineData("junk", false, 0)]
    public void A_clean_stop_is_believed_when_its_file_makes_sense_and_only_once(string text, bool isClean, long brokerEpoch)
    {
        Write(CleanShutdown.FileName, text);

        Assert.Equal(isClean ? new CleanShutdown(brokerEpoch) : null, CleanShutdown.Take(_scratch.Files, _scratch.Root));
        Assert.Empty(_scratch.Names);
        Assert.Null(CleanShutdown.Take(_scratch.Files, _scratch.Root));
    }

    [Fact]
    public void A_clean_stop_is_written_as_Kafka_does()
    {
        new CleanShutdown(42).Write(_scratch.Files, _scratch.Root);

        Assert.Equal("{\"version\":0,\"brokerEpoch\":42}", File.ReadAllText(_scratch.PathOf(".kafka_cleanshutdown")));
        Assert.Equal(new CleanShutdown(42), CleanShutdown.Take(_scratch.Files, _scratch.Root));
    }

    [Fact]
    public void A_clean_stop_of_any_bytes_is_believed_or_not()
    {
        const string Letters = "{}[]\":,versionbrokerEpoch0123e.-\u00e4";
        Rounds.ForEachSeed(3000, random =>
        {
            var content = random.Next(2) == 0
                ? Encoding.UTF8.GetBytes([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Letters[random.Next(Letters.Length)])])
                : Damaged("{\"version\":0,\"brokerEpoch\":42}"u8, random);
            if (CleanShutdown.TryParse(content, out var shutdown) && content.Length > 0)
            {
                Assert.Contains($"{shutdown.BrokerEpoch}", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
            }
        });
        Assert.False(CleanShutdown.TryParse(new byte[5000], out _));
    }

    [Theory]
    [InlineData("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA")]
    [InlineData("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA\n")]
    [InlineData("version: 0\r\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA\r\n")]
    public void PartitionMetadata_of_Kafka_is_read(string text)
    {
        Write(PartitionMetadata.FileName, text);

        Assert.Equal(new CheckpointRead<Uuid>(CheckpointCondition.Whole, Id, null), PartitionMetadata.Read(_scratch.Files, _scratch.Root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("version: 1\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA")]
    [InlineData("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQy")]
    [InlineData("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA\nmore")]
    [InlineData("topic_id: ASNFZ4mrze_-3LqYdlQyEA")]
    [InlineData("version: 0\ntopic_id: \u00e4SNFZ4mrze_-3LqYdlQyEA")]
    public void PartitionMetadata_that_makes_no_sense_is_corrupt(string text)
    {
        Write(PartitionMetadata.FileName, text);

        var read = PartitionMetadata.Read(_scratch.Files, _scratch.Root);

        Assert.Equal((CheckpointCondition.Corrupt, Uuid.Zero), (read.Condition, read.Content));
        Assert.Contains(_scratch.PathOf(PartitionMetadata.FileName), read.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void PartitionMetadata_is_written_as_Kafka_does()
    {
        Assert.Equal(CheckpointCondition.Missing, PartitionMetadata.Read(_scratch.Files, _scratch.Root).Condition);

        PartitionMetadata.Write(_scratch.Files, _scratch.Root, Id);

        Assert.Equal("version: 0\ntopic_id: ASNFZ4mrze_-3LqYdlQyEA", File.ReadAllText(_scratch.PathOf("partition.metadata")));
        Assert.Equal(Id, PartitionMetadata.Read(_scratch.Files, _scratch.Root).Content);
        Assert.Throws<ArgumentException>(() => PartitionMetadata.Write(_scratch.Files, _scratch.Root, Uuid.Zero));
    }

    private static byte[] Damaged(ReadOnlySpan<byte> content, Random random)
    {
        var bytes = content.ToArray();
        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes[..random.Next(bytes.Length + 1)];
    }

    private DirectoryIdentity? Identity() => DirectoryIdentity.Read(_scratch.Files, _scratch.Root);

    private void Write(string name, string text) =>
        File.WriteAllText(_scratch.PathOf(name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
