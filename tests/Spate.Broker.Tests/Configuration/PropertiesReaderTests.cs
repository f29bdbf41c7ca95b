using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

public sealed class PropertiesReaderTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("a\tb c", "a", "b c")]
    [InlineData("  a  =  b  ", "a", "b  ")]
    [InlineData("a = = b", "a", "= b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a\\=b=c", "a=b", "c")]
    [InlineData("a\\:b\\ c:d", "a:b c", "d")]
    [InlineData("a=\\tb\\nc\\rd\\fe", "a", "\tb\nc\rd\fe")]
    [InlineData("a=\\u0041\\u00e9", "a", "A\u00e9")]
    [InlineData("a=C:\\\\data", "a", "C:\\data")]
    [InlineData("a=\\q", "a", "q")]
    [InlineData("a=b,\\\n   c,\\\r\n   d", "a", "b,c,d")]
    [InlineData("a=b\\\\\nc=d", "a", "b\\", "c", "d")]
    [InlineData("a=b\\", "a", "b")]
    [InlineData("a=b\\\n# c", "a", "b# c")]
    [InlineData("\uFEFFa=b\r\nc=d\re=f", "a", "b", "c", "d", "e", "f")]
    [InlineData("# a=b\n! c=d\n\n \t\n", new string[0])]
    public void Read_WhatJavaWrites_IsReadAsJavaReadsIt(string text, params string[] expected)
    {
        var read = PropertiesReader.Read(text, (line, fault) => Assert.Fail($"line {line} {fault}")).ToList();

        Assert.Equal(expected, read.SelectMany(each => new[] { each.Key, each.Value }));
    }

    [Theory]
    [InlineData("a=1\n=b\nc=2", 2)]
    [InlineData("a=1\\\n2\nb=\\u12", 3)]
    [InlineData("\n\na=\\u00gg", 3)]
    [InlineData("a\\u1=b", 1)]
    public void Read_WhatCannotBeRead_IsToldWithItsLine(string text, int line)
    {
        var faults = new List<int>();

        _ = PropertiesReader.Read(text, (number, _) => faults.Add(number)).ToList();

        Assert.Equal([line], faults);
    }

    [Fact]
    public void Read_ContinuedLine_HasTheNumberOfItsFirst() =>
        Assert.Equal([1, 4], PropertiesReader.Read("a=1\\\n2\\\n3\nb=4", (_, _) => Assert.Fail("a fault")).Select(each => each.Line));
}
