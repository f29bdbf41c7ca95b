using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Configuration;
using Spate.Client.Hosting.Consuming;
using Spate.Client.Producing;
using Spate.Client.Sharing;
using Spate.Protocol.Compression;

namespace Spate.Client.Hosting.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void Properties_and_sections_become_options()
    {
        var options = Read(
            ("BootstrapServers:0", "one:1"), ("BootstrapServers:1", "two:2"), ("ClientId", "shop"), ("Security", "ssl"), ("RequestTimeout", "00:00:07.5"), ("AllowAutoCreateTopics", "false"),
            ("Producer:Linger", "00:00:00.020"), ("Producer:Acks", "Leader"), ("Producer:Compression", "Zstd"), ("Producer:CompressionLevel", "-5"),
            ("consumer:isolationlevel", "ReadCommitted"), ("Consumer:PrefetchBytes", "5000000000"));

        Assert.Equal(("one:1,two:2", "shop", false), (options.BootstrapServers, options.ClientId, options.AllowAutoCreateTopics));
        Assert.IsType<TlsSecurity>(options.Security);
        Assert.Equal((TimeSpan.FromSeconds(7.5), TimeSpan.FromMilliseconds(20)), (options.RequestTimeout, options.Producer.Linger));
        Assert.Equal((Acks.Leader, CompressionCodec.Zstd, -5), (options.Producer.Acks, options.Producer.Compression, options.Producer.CompressionLevel));
        Assert.Equal((IsolationLevel.ReadCommitted, 5_000_000_000), (options.Consumer.IsolationLevel, options.Consumer.PrefetchBytes));
    }

    [Fact]
    public void Keys_of_Kafkas_become_options_wherever_they_stand()
    {
        var options = Read(
            ("bootstrap.servers", "one:1"), ("client.id", "shop"), ("request.timeout.ms", "7500"), ("linger.ms", "20"), ("acks", "1"), ("compression.type", "lz4"),
            ("Producer:batch.size", "99"), ("auto.offset.reset", "earliest"), ("Consumer:isolation.level", "read_committed"),
            ("group.id", "g"), ("partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor, sticky"));

        Assert.Equal(("one:1", "shop", TimeSpan.FromSeconds(7.5)), (options.BootstrapServers, options.ClientId, options.RequestTimeout));
        Assert.Equal((TimeSpan.FromMilliseconds(20), Acks.Leader, CompressionCodec.Lz4, 99), (options.Producer.Linger, options.Producer.Acks, options.Producer.Compression, options.Producer.BatchSize));
        Assert.Equal(("g", "range, sticky"), (options.Consumer.GroupId, string.Join(", ", options.Consumer.Assignors.Select(assignor => assignor.Name))));
        Assert.Equal((OffsetReset.Earliest, IsolationLevel.ReadCommitted), (options.Consumer.OffsetReset, options.Consumer.IsolationLevel));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_by_its_place()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(
            ("bootstrap.server", "one:1"), ("Linger", "00:00:01"), ("RequestTimeout", "5"), ("linger.ms", "00:00:05"), ("acks", "two"), ("Producer:Linge", "1"),
            ("auto.offset.reset", "by_duration:soon"), ("Billing:Topics", "orders"), ("Billing:GroupId", "billing")));

        Assert.Equal(
            [
                "Kafka:acks is 'two'; it must be one of all, -1, leader, 1, none, 0.",
                "Kafka:auto.offset.reset is 'by_duration:soon'; it must be one of earliest, latest, none, or by_duration: with a time such as P7D.",
                "Kafka:Billing is a section, and a client has the sections Producer, Consumer, Sasl and Tls; that of a service stands beside the client's, not in it.",
                "Kafka:bootstrap.server is no setting of a client; it is a property of KafkaClientOptions such as ClientId, or a key of Kafka's such as client.id.",
                "Kafka:Linger is no setting of a client; it is a property of KafkaClientOptions such as ClientId, or a key of Kafka's such as client.id.",
                "Kafka:linger.ms is '00:00:05'; it must be a number of milliseconds.",
                "Kafka:Producer:Linge is no setting of ProducerOptions; it is one of its properties, or a key of Kafka's.",
                "Kafka:RequestTimeout is '5'; it must be a time as hours, minutes and seconds, such as 00:00:05 or 00:00:00.020.",
            ],
            failure.Failures.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_reset_by_age_is_written_as_Kafka_writes_it() => Assert.NotNull(Read(("auto.offset.reset", "by_duration:PT72H")).Consumer.OffsetReset);

    [Theory]
    [InlineData(typeof(KafkaClientOptions), "LoggerFactory, NameResolver, Sasl, Seed, Serializers, TimeProvider, Producer, Consumer")]
    [InlineData(typeof(ProducerOptions), "Partitioner")]
    [InlineData(typeof(ConsumerOptions), "OnUnreadable, OnAssigned, OnRevoked, OnLost")]
    [InlineData(typeof(ShareConsumerOptions), "OnUnreadable, OnAcknowledged")]
    [InlineData(typeof(KafkaConsumerServiceOptions), "Consumer")]
    [InlineData(typeof(KafkaShareServiceOptions), "Consumer")]
    public void Every_option_can_be_configured_but_those_that_are_code(Type options, string code)
    {
        var known = options == typeof(KafkaClientOptions) ? ClientSettings.Table.Properties
            : options == typeof(ProducerOptions) ? ProducerSettings.Table.Properties
            : options == typeof(ShareConsumerOptions) ? ShareConsumerSettings.Table.Properties
            : options == typeof(KafkaConsumerServiceOptions) ? ServiceSettings.Consumer.Properties
            : options == typeof(KafkaShareServiceOptions) ? ServiceSettings.Share.Properties
            : ConsumerSettings.Table.Properties;
        var missing = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null)
            .Select(property => property.Name)
            .Except(known)
            .Except(code.Split(", "));
        Assert.Empty(missing);
    }

    [Fact]
    public void A_section_becomes_the_options_of_a_service_that_shares()
    {
        var options = KafkaShareServiceOptions.From(Section(
            ("Topics:0", "jobs"), ("Topics:1", "more"), ("Members", "3"), ("RetryBackoff", "00:00:02"), ("RetryBackoffMax", "00:01:00"),
            ("Consumer:GroupId", "printers"), ("Consumer:MaxRecords", "7"), ("consumer:unreadablerecords", "release"), ("share.acquire.mode", "record_limit"), ("fetch.max.wait.ms", "250")));

        Assert.Equal(["jobs", "more"], options.Topics);
        Assert.Equal((3, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)), (options.Members, options.RetryBackoff, options.RetryBackoffMax));
        Assert.Equal(("printers", 7, UnreadableRecords.Release), (options.Consumer.GroupId, options.Consumer.MaxRecords, options.Consumer.UnreadableRecords));
        Assert.Equal((ShareAcquireMode.RecordLimit, TimeSpan.FromMilliseconds(250)), (options.Consumer.AcquireMode, options.Consumer.MaxWait));
    }

    [Fact]
    public void A_section_becomes_the_options_of_a_service_that_consumes()
    {
        var options = KafkaConsumerServiceOptions.From(Section(("Topics", "orders, returns"), ("group.id", "billing"), ("Members", "2"), ("Consumer:MaxPollInterval", "00:10:00"), ("isolation.level", "read_committed")));

        Assert.Equal(["orders", "returns"], options.Topics);
        Assert.Equal(("billing", 2), (options.GroupId, options.Members));
        Assert.Equal((TimeSpan.FromMinutes(10), IsolationLevel.ReadCommitted), (options.Consumer!.MaxPollInterval, options.Consumer.IsolationLevel));
    }

    [Fact]
    public void Consumers_of_a_service_are_the_clients_with_what_its_section_says_of_them()
    {
        var clients = new ConsumerOptions { GroupId = "all", FetchMinBytes = 5 };
        Assert.Null(KafkaConsumerServiceOptions.From(Section(("Topics", "orders"))).Consumer);
        Assert.Same(clients, KafkaConsumerServiceOptions.From(Section(("Topics", "orders")), clients).Consumer);
        Assert.Equal(clients with { FetchMaxBytes = 9 }, KafkaConsumerServiceOptions.From(Section(("Topics", "orders"), ("fetch.max.bytes", "9")), clients).Consumer);
    }

    [Fact]
    public void Everything_that_is_wrong_with_a_service_is_told_at_once_by_its_place()
    {
        var misread = Assert.Throws<OptionsValidationException>(() => KafkaShareServiceOptions.From(Section(
            ("Topic", "jobs"), ("Members", "many"), ("MaxRecords", "5"), ("share.acquire.mode", "all"), ("Consumer:MaxRecord", "5"), ("RetryBackoff", "5"))));
        Assert.Equal(
            [
                "Kafka:Consumer:MaxRecord is no setting of ShareConsumerOptions; it is one of its properties, or a key of Kafka's.",
                "Kafka:MaxRecords is no setting of a service that consumes; it is a property of KafkaShareServiceOptions such as Topics, or a key of Kafka's such as group.id.",
                "Kafka:Members is 'many'; it must be a whole number.",
                "Kafka:RetryBackoff is '5'; it must be a time as hours, minutes and seconds, such as 00:00:05 or 00:00:00.020.",
                "Kafka:share.acquire.mode is 'all'; it must be one of batch_optimized, record_limit, BatchOptimized, RecordLimit.",
                "Kafka:Topic is no setting of a service that consumes; it is a property of KafkaShareServiceOptions such as Topics, or a key of Kafka's such as group.id.",
            ],
            misread.Failures.Order(StringComparer.OrdinalIgnoreCase));

        var unusable = Assert.Throws<OptionsValidationException>(() => KafkaShareServiceOptions.From(Section(("Members", "0"))));
        Assert.Equal(
            [
                "Kafka:Consumer:GroupId, or Kafka:group.id, must name the share group.",
                "Kafka:Topics must name one topic at least, and none without a name.",
                "Kafka:Members is 0; it must be from 1 to 1000.",
            ],
            unusable.Failures);
        var consumer = Assert.Throws<OptionsValidationException>(() => KafkaConsumerServiceOptions.From(Section(("Topics", "orders"), ("RetryBackoffMax", "00:00:00.500"))));
        Assert.StartsWith("Kafka:RetryBackoffMax is 00:00:00.5", Assert.Single(consumer.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_the_client_is_comes_out_of_a_section_or_out_of_Kafkas_keys()
    {
        var byProperty = Read(("Security", "SASL_SSL"), ("Sasl:Mechanism", "SCRAM-SHA-512"), ("Sasl:Username", "alice"), ("Sasl:Password", "secret"));
        var byKey = Read(
            ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"),
            ("sasl.jaas.config", """org.apache.kafka.common.security.plain.PlainLoginModule required username="bob" password="b\"ob";"""));

        Assert.IsType<TlsSecurity>(byProperty.Security);
        Assert.Equal("SCRAM-SHA-512 as alice", byProperty.Sasl!.ToString());
        Assert.IsType<PlaintextSecurity>(byKey.Security);
        Assert.Equal("PLAIN as bob", byKey.Sasl!.ToString());
        Assert.Null(Read(("Security", "SSL")).Sasl);
    }

    [Theory]
    [InlineData("Kafka:Sasl:Mechanism, or Kafka:sasl.mechanism, must say how the client proves who it is", "Security=SASL_SSL")]
    [InlineData("must be SASL_PLAINTEXT or SASL_SSL where it is said who the client is, and is 'SSL'", "Security=SSL", "sasl.mechanism=PLAIN", "sasl.username=alice", "sasl.password=secret")]
    [InlineData("must be SASL_PLAINTEXT or SASL_SSL where it is said who the client is, and says nothing", "Sasl:Mechanism=PLAIN", "Sasl:Username=alice", "Sasl:Password=secret")]
    [InlineData("PLAIN needs a name and a password: Kafka:Sasl:Username", "Security=SASL_SSL", "Sasl:Mechanism=PLAIN", "Sasl:Password=secret")]
    [InlineData("Kafka:Sasl:User is no setting of Sasl; there are Mechanism, Username, Password.", "Security=SASL_SSL", "Sasl:Mechanism=PLAIN", "Sasl:User=alice", "Sasl:Username=alice", "Sasl:Password=secret")]
    [InlineData("is 'GSSAPI'; there are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512.", "Security=SASL_SSL", "sasl.mechanism=GSSAPI")]
    public void What_is_wrong_with_who_the_client_is_is_told_without_its_secret(string fault, params string[] entries)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read([.. entries.Select(entry => (entry.Split('=', 2)[0], entry.Split('=', 2)[1]))]));

        Assert.Contains(fault, Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_producers_and_consumers_that_cannot_be_used_stop_the_start_too()
    {
        using var producing = Host(("Kafka:bootstrap.servers", "one:1"), ("Kafka:batch.size", "0"));
        using var consuming = Host(("Kafka:bootstrap.servers", "one:1"), ("Kafka:Consumer:FetchMinBytes", "-1"));
        using var unfit = Host(("Kafka:bootstrap.servers", "one:1"), ("Kafka:RequestTimeout", "00:10:00"), ("Kafka:Producer:DeliveryTimeout", "00:00:11"));

        Assert.Contains("BatchSize is 0", (await Assert.ThrowsAsync<KafkaConfigurationException>(() => producing.StartAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("FetchMinBytes is -1", (await Assert.ThrowsAsync<KafkaConfigurationException>(() => consuming.StartAsync())).Message, StringComparison.Ordinal);

        // A program that only looks after a cluster has no producer: what does not fit together is told by whoever makes one.
        await unfit.StartAsync();
        Assert.Contains("DeliveryTimeout is 11000 ms", Assert.Throws<KafkaConfigurationException>(() => unfit.Services.GetRequiredService<KafkaClient>().Producer).Message, StringComparison.Ordinal);
        await unfit.StopAsync();
    }

    [Fact]
    public async Task Options_are_looked_at_by_the_programs_own_checks_and_are_not_filled_in_place()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddKafkaClient("one:1");
        builder.Services.AddOptions<KafkaClientOptions>().Validate(options => options.ClientId != "spate", "Name the client.");
        using var unnamed = builder.Build();
        Assert.Equal("Name the client.", Assert.Single((await Assert.ThrowsAsync<OptionsValidationException>(() => unnamed.StartAsync())).Failures));

        builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddKafkaClient("one:1");
        builder.Services.Configure<KafkaClientOptions>(static _ => { });
        using var filled = builder.Build();
        Assert.Contains("AddKafkaClient(section)", (await Assert.ThrowsAsync<KafkaConfigurationException>(() => filled.StartAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_cannot_be_used_stop_the_start()
    {
        using var misread = Host(("Kafka:bootstrap.servers", "one:1"), ("Kafka:acks", "two"));
        using var unusable = Host(("Kafka:bootstrap.servers", "one"));

        Assert.Contains("Kafka:acks is 'two'", (await Assert.ThrowsAsync<OptionsValidationException>(() => misread.StartAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("'one' is not of the form host:port", (await Assert.ThrowsAsync<KafkaConfigurationException>(() => unusable.StartAsync())).Message, StringComparison.Ordinal);
    }

    private static IHost Host(params (string Key, string Value)[] entries)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value)));
        builder.Services.AddKafkaClient(builder.Configuration.GetSection("Kafka"));
        return builder.Build();
    }

    private static KafkaClientOptions Read(params (string Key, string Value)[] entries) => ClientSection.Read(Section(entries), new KafkaClientOptions { BootstrapServers = "" });

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder().AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create($"Kafka:{entry.Key}", (string?)entry.Value))).Build().GetSection("Kafka");
}
