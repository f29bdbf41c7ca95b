using System.Buffers.Binary;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Requests;

/// <summary>What is no request closes its connection with one warning; everybody else goes on as before.</summary>
public sealed class ProtocolViolationTests
{
    public static TheoryData<string> Violations =>
        ["no header", "half a header", "unknown api", "negative api", "api that is not offered", "unknown version", "negative version", "body cut short", "bytes behind the body", "array longer than the body", "no body"];

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Violation_closes_the_connection_with_one_warning(string violation)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var (client, other) = (await broker.ConnectAsync(), await broker.ConnectAsync());
        await other.AskAsync(Ask.ListOffsets("t", 0, -1), 5);

        await client.SendRawAsync(Framed(Frame(violation)));

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Single(broker.Log.Complaints);
        Assert.Empty(broker.Log.Errors);
        Assert.Equal(ErrorCode.None, (await other.AskAsync(Ask.ListOffsets("t", 0, -1), 5)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Requests_before_a_violation_are_answered_first()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();

        await client.SendRawAsync((byte[])[.. TestClient.Frame(Ask.ListOffsets("t", 0, -1), 5, 1), .. Framed(Frame("unknown api"))]);

        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 5, 1)).Topics[0].Partitions[0].ErrorCode);
        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Theory]
    [InlineData(99)]
    [InlineData(5)]
    [InlineData(-1)]
    public async Task ApiVersions_of_an_unknown_version_is_answered_in_version_0(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendRawAsync(Framed([.. Header(18, version, 7), 1, 2, 3]));
        var reply = await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 7);

        Assert.Equal(ErrorCode.UnsupportedVersion, reply.ErrorCode);
        Assert.Contains(reply.ApiKeys, range => range is { ApiKey: 18, MinVersion: 0, MaxVersion: 4 });
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new ApiVersionsRequest(), 0)).ErrorCode);
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("a", "")]
    [InlineData("a b", "1")]
    [InlineData("-a", "1")]
    [InlineData("a", "1.")]
    [InlineData("ä", "1")]
    public async Task ApiVersions_of_software_with_a_name_that_is_none_is_refused(string name, string version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version }, 3);

        Assert.Equal((ErrorCode.InvalidRequest, 0), (reply.ErrorCode, reply.ApiKeys.Count));
    }

    private static byte[] Frame(string violation)
    {
        var whole = TestClient.Frame(Ask.ListOffsets("t", 0, -1), 5, 1)[sizeof(int)..];
        return violation switch
        {
            "no header" => [],
            "half a header" => [0, 18, 0, 0, 0],
            "unknown api" => [.. Header(999, 0, 1), 0, 0],
            "negative api" => [.. Header(-1, 0, 1), 0, 0],
            "api that is not offered" => [.. Header((short)ApiKey.InitProducerId, 0, 1), 0, 0],
            "unknown version" => [.. Header(3, 99, 1), 0, 0],
            "negative version" => [.. Header(3, -1, 1), 0, 0],
            "body cut short" => whole[..^1],
            "bytes behind the body" => [.. whole, 0],
            "array longer than the body" => [.. Header(3, 0, 1), 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF],
            "no body" => [.. Header(3, 0, 1), 0xFF, 0xFF],
            _ => throw new ArgumentOutOfRangeException(nameof(violation), violation, "No such violation."),
        };
    }

    private static byte[] Header(short key, short version, int correlationId)
    {
        var header = new byte[8];
        BinaryPrimitives.WriteInt16BigEndian(header, key);
        BinaryPrimitives.WriteInt16BigEndian(header.AsSpan(2), version);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), correlationId);
        return header;
    }

    private static byte[] Framed(byte[] frame)
    {
        var framed = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, frame.Length);
        frame.CopyTo(framed, sizeof(int));
        return framed;
    }
}
