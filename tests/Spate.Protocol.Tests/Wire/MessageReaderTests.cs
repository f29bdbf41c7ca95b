using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Wire;

public class MessageReaderTests
{
    private delegate object? Reading(ref MessageReader reader);

    [Fact]
    public void ReadArrayCount_MoreThanTheLimit_IsRefusedByName()
    {
        // Replica, wait, minimum and maximum bytes, isolation, session and its epoch; then 2,000,000 topics.
        var failure = Refused(new FetchRequest(), 12, "ffffffff 00000000 00000000 00000000 00 00000000 00000000 81897a");

        Assert.Equal("FetchRequest v12: Topics: array of 2000000 elements exceeds the limit of 1000000", failure.Message);
        Assert.Equal(("FetchRequest", (short)12, "Topics"), (failure.MessageName, failure.Version, failure.Field));
    }

    [Fact]
    public void ReadArrayCount_InsideAnElement_NamesTheWholePath()
    {
        var failure = Refused(new FetchRequest(), 12, "ffffffff 00000000 00000000 00000000 00 00000000 00000000 02 02 74 81897a");

        Assert.Equal("FetchRequest v12: Topics.Partitions: array of 2000000 elements exceeds the limit of 1000000", failure.Message);
    }

    [Fact]
    public void ReadArrayCount_MoreElementsThanBytesCouldHold_IsRefusedBeforeAnythingIsAllocated()
    {
        var failure = Refused(new CreatePartitionsRequest(), 0, "000f4240 00000000 00");

        // A name and a count and a null array: 2 + 4 + 4 bytes an element at least.
        Assert.Equal("CreatePartitionsRequest v0: Topics: array of 1000000 elements takes at least 7000000 bytes, 5 remain", failure.Message);
    }

    [Theory]
    [InlineData("00000000", true, "null is not allowed")]
    [InlineData("ffffffff", false, "null is not allowed")]
    [InlineData("fffffffe", false, "negative length -2")]
    [InlineData("ffffffff0f", true, "array of 4294967294 elements exceeds the limit of 1000000")]
    public void ReadArrayCount_WrongCount_IsRefused(string hex, bool compact, string reason) =>
        Assert.Equal(reason, Fails(hex, (ref MessageReader reader) => reader.ReadArrayCount(compact, 1)).Reason);

    [Theory]
    [InlineData("00", true, "null is not allowed")]
    [InlineData("ffff", false, "null is not allowed")]
    [InlineData("fffe", false, "negative length -2")]
    [InlineData("0003 6162", false, "3 bytes are needed, 2 remain")]
    [InlineData("04 6162", true, "3 bytes are needed, 2 remain")]
    [InlineData("81 80 02", true, "string of 32768 bytes exceeds the limit of 32767")]
    [InlineData("0002 c3 28", false, "string is not valid UTF-8")]
    [InlineData("03 ed a0", true, "string is not valid UTF-8")]
    public void ReadString_WrongText_IsRefused(string hex, bool compact, string reason) =>
        Assert.Equal(reason, Fails(hex, (ref MessageReader reader) => reader.ReadString(compact)).Reason);

    [Theory]
    [InlineData("7fffffff 00", false, "2147483647 bytes are needed, 1 remain")]
    [InlineData("ffffffff0f 00", true, "4294967294 bytes are needed, 1 remain")]
    [InlineData("80000000", false, "negative length -2147483648")]
    [InlineData("00", true, "null is not allowed")]
    public void ReadBytes_WrongLength_IsRefused(string hex, bool compact, string reason) =>
        Assert.Equal(reason, Fails(hex, (ref MessageReader reader) => reader.ReadBytes(compact).Length).Reason);

    [Theory]
    [InlineData("808080808000")]
    [InlineData("ffffffff1f")]
    public void ReadUnsignedVarint_TooLongOrTooLarge_IsRefused(string hex) =>
        Assert.Equal(
            "variable-length number is longer than 5 bytes or out of range",
            Fails(hex, (ref MessageReader reader) => reader.ReadUnsignedVarint()).Reason);

    [Fact]
    public void ReadVarlong_TooLong_IsRefused() =>
        Assert.Equal(
            "variable-length number is longer than 10 bytes or out of range",
            Fails("ffffffffffffffffff03", (ref MessageReader reader) => reader.ReadVarlong()).Reason);

    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7f", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("8000", 0u)]
    [InlineData("ffffffff0f", uint.MaxValue)]
    public void ReadUnsignedVarint_WithinFiveBytes_IsRead(string hex, uint expected) =>
        Assert.Equal(expected, Reads(hex, (ref MessageReader reader) => reader.ReadUnsignedVarint()));

    [Theory]
    [InlineData("01", -1L)]
    [InlineData("02", 1L)]
    [InlineData("feffffffffffffffff01", long.MaxValue)]
    [InlineData("ffffffffffffffffff01", long.MinValue)]
    public void ReadVarlong_ZigZag_IsUnfolded(string hex, long expected) =>
        Assert.Equal(expected, Reads(hex, (ref MessageReader reader) => reader.ReadVarlong()));

    [Theory]
    [InlineData("ffffffff0f", int.MinValue)]
    [InlineData("feffffff0f", int.MaxValue)]
    public void ReadVarint_Extremes_AreUnfolded(string hex, int expected) =>
        Assert.Equal(expected, Reads(hex, (ref MessageReader reader) => reader.ReadVarint()));

    [Theory]
    [InlineData("914e", "10001 tagged fields exceed the limit of 10000")]
    [InlineData("02 0500 0500", "tag 5 follows tag 5; tags must ascend")]
    [InlineData("02 0500 0400", "tag 4 follows tag 5; tags must ascend")]
    [InlineData("01 05 03 0000", "tag 5 takes 3 bytes, 2 remain")]
    [InlineData("01 05 ffffffff0f 0000", "tag 5 takes 4294967295 bytes, 2 remain")]
    [InlineData("01", "1 bytes are needed, 0 remain")]
    public void SkipTags_WrongSection_IsRefused(string hex, string reason) => Assert.Equal(reason, Fails(hex, SkipAll).Reason);

    [Fact]
    public void SkipTags_UnknownFields_ArePassedOver() => Assert.Equal(0, Reads("03 00 00 05 02 ffff ffffffff0f 01 aa", SkipAll));

    [Fact]
    public void NextTag_FieldThatTakesLessThanItsSize_IsRefused()
    {
        // ResponseHeader has no tagged fields; ApiVersionsResponse knows tag 1 as a number of eight bytes.
        var failure = Refused(new ApiVersionsResponse(), 3, "0000 01 00000000 01 01 09 0000000000000001 00");

        Assert.Equal("ApiVersionsResponse v3: FinalizedFeaturesEpoch: tag 1 holds 1 bytes more than its field takes", failure.Message);
    }

    [Fact]
    public void NextTag_FieldThatTakesMoreThanItsSize_IsRefused()
    {
        var failure = Refused(new ApiVersionsResponse(), 3, "0000 01 00000000 01 01 07 0000000000000001 00");

        Assert.Equal("ApiVersionsResponse v3: FinalizedFeaturesEpoch: 8 bytes are needed, 7 remain", failure.Message);
    }

    [Fact]
    public void Read_TagOfALaterVersion_IsPassedOver()
    {
        var later = new FetchRequest { Topics = [new() { Partitions = [new() { ReplicaDirectoryId = new Uuid(1, 2) }] }] };
        using var writer = new MessageWriter();
        later.Write(writer, 17);
        var reader = new MessageReader(writer.ToArray());
        var earlier = new FetchRequest();

        earlier.Read(ref reader, 16);

        reader.EnsureEnd();
        Assert.True(earlier.Topics[0].Partitions[0].ReplicaDirectoryId.IsZero);
    }

    [Fact]
    public void EnsureEnd_BytesLeft_IsRefused()
    {
        var reader = new MessageReader(new byte[] { 0, 0, 0, 7, 1, 2 });
        new ResponseHeader().Read(ref reader, 0);

        var failure = Catch(ref reader, (ref MessageReader rest) => End(ref rest));

        Assert.Equal("ResponseHeader v0: 2 bytes are left over", failure.Message);
    }

    [Fact]
    public void Fail_WithoutAMessage_NamesThePosition() =>
        Assert.Equal("Input at byte 0: 4 bytes are needed, 2 remain", Fails("0001", (ref MessageReader reader) => reader.ReadInt32()).Message);

    [Fact]
    public void ReadBytes_OfAMessage_AreSlicesOfTheInput()
    {
        byte[] input = [0, 0, 0, 2, 5, 6];
        var reader = new MessageReader(input);
        var bytes = reader.ReadBytes(compact: false);

        input[4] = 9;

        Assert.Equal(9, bytes.Span[0]);
    }

    private static object? SkipAll(ref MessageReader reader)
    {
        reader.SkipTags();
        return reader.Remaining;
    }

    private static object? End(ref MessageReader reader)
    {
        reader.EnsureEnd();
        return null;
    }

    private static object? Reads(string hex, Reading reading)
    {
        var reader = new MessageReader(Convert.FromHexString(hex.Replace(" ", "")));
        return reading(ref reader);
    }

    private static MalformedMessageException Fails(string hex, Reading reading)
    {
        var reader = new MessageReader(Convert.FromHexString(hex.Replace(" ", "")));
        return Catch(ref reader, reading);
    }

    private static MalformedMessageException Refused(IMessage message, short version, string hex) =>
        Fails(hex, (ref MessageReader reader) =>
        {
            message.Read(ref reader, version);
            return null;
        });

    private static MalformedMessageException Catch(ref MessageReader reader, Reading reading)
    {
        try
        {
            reading(ref reader);
        }
        catch (MalformedMessageException e)
        {
            return e;
        }

        throw new Xunit.Sdk.XunitException("Nothing was refused.");
    }
}
