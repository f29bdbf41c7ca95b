using System.Diagnostics;
using Spate.Cli.Tests.Harness;
using Spate.Testing;

namespace Spate.Cli.Tests.Connecting;

public sealed class ConnectionTests : IDisposable
{
    private const int Usage = 2;
    private const int Unreachable = 3;

    private readonly string _directory = Directory.CreateTempSubdirectory("spate-cli-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_broker_that_is_down_is_told_within_the_time_that_it_was_given()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await broker.StopAsync();
        var begun = Stopwatch.StartNew();
        (await SpateInProcess.RunAsync("topics", "list", "--server", broker.BootstrapServers, "--timeout", "2s")).Failed(Unreachable, broker.BootstrapServers);
        Assert.True(begun.Elapsed < TimeSpan.FromSeconds(30), $"It took {begun.Elapsed}.");
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_told() =>
        (await SpateInProcess.RunAsync("topics", "list", "--server", "no-such-host.invalid:9092", "--timeout", "1s")).Failed(Unreachable, "no-such-host.invalid:9092");

    [Fact]
    public async Task An_address_that_is_none_is_told() =>
        (await SpateInProcess.RunAsync("topics", "list", "--server", "localhost")).Failed(Usage, "'localhost' is not of the form host:port");

    [Fact]
    public async Task A_slow_answer_says_what_is_waited_for()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await broker.StopAsync();
        var outcome = await SpateInProcess.RunAsync("topics", "list", "--server", broker.BootstrapServers, "--timeout", "3s");
        Assert.Contains($"waiting for an answer from {broker.BootstrapServers}, for 3 s at most", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_is_found_in_the_properties_file()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        (await SpateInProcess.RunAsync("topics", "list", "--config", Write($"bootstrap.servers={broker.BootstrapServers}\ngroup.id=others\n"))).Succeeded();
    }

    [Theory]
    [InlineData("security.protocol=TLS", "security.protocol is TLS", "SASL_SSL")]
    [InlineData("security.protocol=SASL_SSL", "sasl.mechanism says nothing")]
    [InlineData("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN", "needs a name and a password")]
    [InlineData("security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI", "sasl.mechanism is GSSAPI")]
    [InlineData("sasl.mechanims=PLAIN", "sasl.mechanims is no property", "the nearest is sasl.mechanism")]
    [InlineData("security.protocol=SSL\nssl.truststore.location=missing.pem", "ssl.truststore.location cannot be read", "missing.pem")]
    public async Task What_cannot_be_used_in_the_properties_file_is_named(string text, params string[] parts) =>
        (await SpateInProcess.RunAsync("topics", "list", "--config", Write(text))).Failed(Usage, parts);

    [Fact]
    public async Task A_keystore_of_Java_is_answered_with_what_to_type()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory, "trust.jks"), [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]);
        (await SpateInProcess.RunAsync("topics", "list", "--config", Write("security.protocol=SSL\nssl.truststore.location=trust.jks")))
            .Failed(Usage, "keytool -importkeystore -srckeystore trust.jks");
    }

    [Fact]
    public async Task A_properties_file_that_is_not_there_is_named() =>
        (await SpateInProcess.RunAsync("topics", "list", "--config", "/no/such/file")).Failed(Usage, "/no/such/file");

    private string Write(string text)
    {
        var path = Path.Combine(_directory, "client.properties");
        File.WriteAllText(path, text);
        return path;
    }
}
