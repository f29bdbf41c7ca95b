using Spate.Cli.LogFiles;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Cli.Tests.LogFiles;

public sealed class InternalRecordsTests
{
    private static readonly string[] OfTransactionsAndShares = ["TransactionLogKey", "ShareSnapshotKey", "ShareUpdateKey"];

    /// <summary>Every key of a record that a coordinator keeps, by the topic that it keeps it in.</summary>
    public static TheoryData<string, string> Keys()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in typeof(OffsetCommitKey).Assembly.GetTypes().Where(static type => type.IsAssignableTo(typeof(IMessage)) && type.Name.EndsWith("Key", StringComparison.Ordinal) && type.Name != "ControlRecordKey"))
        {
            data.Add(type.Name == OfTransactionsAndShares[0] ? "__transaction_state" : OfTransactionsAndShares.Contains(type.Name) ? "__share_group_state" : "__consumer_offsets", type.FullName!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_record_of_a_coordinator_is_decoded(string topic, string typeName)
    {
        var type = typeof(OffsetCommitKey).Assembly.GetType(typeName, throwOnError: true)!;
        var key = (IMessage)Activator.CreateInstance(type)!;
        var version = (short)type.GetField("HighestVersion")!.GetValue(null)!;
        var bytes = Bytes(key, version);
        var decoded = InternalRecords.Decode(topic, bytes, NullableBytes.Null);
        Assert.NotNull(decoded);
        Assert.StartsWith($"{type.Name} {{", decoded.Value.Key, StringComparison.Ordinal);
    }

    private static byte[] Bytes(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
