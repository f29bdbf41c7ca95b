using System.Security.Cryptography;
using System.Text;
using Spate.Client.Authentication;

namespace Spate.Client.Tests.Authentication;

public sealed class ScramExchangeTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    [Fact]
    public async Task The_exchange_of_RFC_7677_is_held_word_for_word()
    {
        var exchange = new ScramExchange(HashAlgorithmName.SHA256, "user", "pencil", Nonce);
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Text(await exchange.BeginAsync(default)));
        Assert.Equal("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", Text(exchange.Answer(Bytes(ServerFirst))));
        Assert.Null(exchange.Answer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="u8));
    }

    [Fact]
    public async Task The_exchange_of_RFC_5802_is_held_word_for_word()
    {
        var exchange = new ScramExchange(HashAlgorithmName.SHA1, "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL");
        Assert.Equal("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", Text(await exchange.BeginAsync(default)));
        Assert.Equal(
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            Text(exchange.Answer("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"u8)));
        Assert.Null(exchange.Answer("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="u8));
    }

    [Theory]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22Z,i=4095", "from 4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22Z,i=1000001", "from 4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22Z,i=-1", "from 4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22Z,i=many", "from 4096 to 1000000")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", "nonce does not go on")]
    [InlineData("r=another,s=W22Z,i=4096", "nonce does not go on")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W2_Z,i=4096", "not in Base64")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,i=4096,s=W22Z", "no field 's'")]
    [InlineData("m=new,r=rOprNGfwEbeRWgbNEkqO%x,s=W22Z,i=4096", "no field 'r'")]
    [InlineData("", "not one of SCRAM")]
    public async Task A_first_message_that_is_not_as_it_must_be_is_refused(string serverFirst, string expected)
    {
        var exchange = new ScramExchange(HashAlgorithmName.SHA256, "user", "pencil", Nonce);
        await exchange.BeginAsync(default);
        var refusal = Assert.Throws<SaslRefusalException>(() => exchange.Answer(Bytes(serverFirst)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "somebody else")]
    [InlineData("v=", "no field 'v'")]
    [InlineData("", "no field 'v'")]
    [InlineData("e=unknown-user", "unknown-user")]
    public async Task A_server_that_does_not_prove_that_it_knows_the_user_is_refused(string serverFinal, string expected)
    {
        var exchange = new ScramExchange(HashAlgorithmName.SHA256, "user", "pencil", Nonce);
        await exchange.BeginAsync(default);
        exchange.Answer(Bytes(ServerFirst));
        var refusal = Assert.Throws<SaslRefusalException>(() => exchange.Answer(Bytes(serverFinal)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commas_and_equals_signs_of_names_are_escaped()
    {
        Assert.Equal("n,,n=a=2Cb=3Dc,r=x", Text(await new ScramExchange(HashAlgorithmName.SHA256, "a,b=c", "p", "x").BeginAsync(default)));
    }

    [Fact]
    public void No_two_nonces_are_the_same() => Assert.NotEqual(ScramExchange.NewNonce(), ScramExchange.NewNonce());

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
