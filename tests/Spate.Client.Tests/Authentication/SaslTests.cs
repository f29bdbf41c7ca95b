using Microsoft.Extensions.Time.Testing;
using Spate.Client.Authentication;
using Spate.Client.Connections;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Authentication;

/// <summary>Clients that prove who they are, to brokers that want it, refuse it, or do not ask.</summary>
public sealed class SaslTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Mechanisms => ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task Whoever_knows_the_secret_is_let_in(string mechanism)
    {
        var sasl = new FakeSasl("al,ice=", "s3cret");
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, Options(mechanism, "al,ice=", "s3cret"));

        var seen = await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");

        Assert.Single(seen.Nodes);
        Assert.Single(sasl.Proofs);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task Whoever_does_not_know_it_is_told_at_once_and_tries_no_second_time(string mechanism)
    {
        var sasl = new FakeSasl("alice", "s3cret");
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, Options(mechanism, "alice", "guess"));

        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the failure"));

        Assert.Equal((ErrorCode.SaslAuthenticationFailed, false, true), (failure.ErrorCode, failure.IsRetriable, failure.IsFatal));
        Assert.Contains($"did not accept {mechanism}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"not you\"", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guess", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, sasl.Attempts);
        Assert.Equal(1, broker.ConnectionCount);
    }

    [Fact]
    public async Task Producers_consumers_and_admins_are_told_why()
    {
        var sasl = new FakeSasl("alice", "s3cret");
        await using var broker = Broker(sasl);
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, Sasl = SaslOptions.ScramSha256("alice", "guess"), ReconnectBackoff = TimeSpan.FromMilliseconds(1) });

        await Assert.ThrowsAsync<KafkaAuthenticationException>(() => client.ProduceAsync("t", "v").AsTask().OrTimeout("the producer's failure"));
        await Assert.ThrowsAsync<KafkaAuthenticationException>(() => client.Admin.Topics.ListAsync().OrTimeout("the admin's failure"));
        await using var consumer = client.CreateConsumer();
        consumer.Assign([new("t", 0)]);
        await Assert.ThrowsAsync<KafkaAuthenticationException>(async () =>
        {
            await foreach (var _ in consumer.ConsumeAsync<string, string>())
            {
            }
        });
    }

    [Fact]
    public async Task A_mechanism_that_the_broker_does_not_have_is_told_with_those_that_it_has()
    {
        var sasl = new FakeSasl("alice", "s3cret");
        sasl.Mechanisms.RemoveAll(static mechanism => mechanism is "PLAIN" or "OAUTHBEARER");
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, SaslOptions.Plain("alice", "s3cret"));

        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the failure"));

        Assert.Equal(ErrorCode.UnsupportedSaslMechanism, failure.ErrorCode);
        Assert.Contains("does not take PLAIN; it offers SCRAM-SHA-256, SCRAM-SHA-512.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_does_not_know_the_user_is_not_taken_for_one_that_does()
    {
        var sasl = new FakeSasl("alice", "s3cret") { IsImpostor = true };
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, SaslOptions.ScramSha512("alice", "s3cret"));

        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the failure"));
        Assert.Contains("could not prove that it knows this user", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_SASL_before_a_listener_that_wants_it_is_told_what_is_likely()
    {
        await using var broker = Broker(new FakeSasl("alice", "s3cret"));
        var clock = new FakeTimeProvider();
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = broker.Address, Seed = 1, TimeProvider = clock });

        var asking = cluster.Metadata.GetClusterAsync(TimeSpan.FromSeconds(2), default);
        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => asking.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the failure"));
        Assert.Contains("KafkaClientOptions.Sasl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_SASL_before_a_listener_that_does_not_want_it_is_told_so()
    {
        await using var broker = new FakeCluster().Add(1, new FakeBroker());
        await using var cluster = Cluster(broker, SaslOptions.Plain("alice", "s3cret"));
        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the failure"));
        Assert.Contains("does not ask for SASL on this listener", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_along_with_a_token_is_sent()
    {
        var sasl = new FakeSasl("", "token.one");
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, SaslOptions.OAuthBearer(static _ => new(new OAuthBearerToken("token.one", new Dictionary<string, string> { ["logicalCluster"] = "lkc 1", ["pool"] = "p" }))));
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
        Assert.Equal(["logicalCluster=lkc 1", "pool=p"], sasl.Extensions);
    }

    [Fact]
    public async Task A_provider_of_tokens_that_fails_is_asked_again_later()
    {
        var sasl = new FakeSasl("", "token.one");
        await using var broker = Broker(sasl);
        var failures = 2;
        await using var cluster = Cluster(broker, SaslOptions.OAuthBearer(_ => failures-- > 0 ? throw new HttpRequestException("no tokens today") : new(new OAuthBearerToken("token.one"))));
        await using var link = new BrokerLink(new ServerAddress("127.0.0.1", broker.Port), 1, cluster.Options, cluster.Chance, cluster.Watch);

        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => link.ConnectAsync(default).OrTimeout("the failure"));
        Assert.Contains("no tokens today", failure.Message, StringComparison.Ordinal);
        Assert.Equal((true, false), (failure.IsRetriable, failure.IsFatal));
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public async Task A_session_is_renewed_over_the_same_connection_before_it_ends_and_nothing_is_sent_meanwhile(string mechanism)
    {
        var clock = new FakeTimeProvider();
        var sasl = new FakeSasl("alice", "s3cret") { SessionLifetimeMs = 60_000 };
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, Options(mechanism, "alice", "s3cret"), clock);
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
        var connection = await cluster.Brokers.Find(1).ConnectAsync(default).OrTimeout("the connection");
        var proofs = sasl.Proofs.Count;

        clock.Advance(TimeSpan.FromSeconds(50));
        await AskManyAsync(connection);
        Assert.Equal(proofs, sasl.Proofs.Count);

        clock.Advance(TimeSpan.FromSeconds(8));
        await AskManyAsync(connection);
        await AskManyAsync(connection);
        Assert.Equal(proofs + 1, sasl.Proofs.Count);
        Assert.Equal(sasl.Proofs.ToArray()[^2], sasl.Proofs.ToArray()[^1]);
        Assert.True(connection.IsOpen);
    }

    [Fact]
    public async Task A_session_that_cannot_be_renewed_ends_the_connection_and_whoever_waits_is_told_why()
    {
        var clock = new FakeTimeProvider();
        var sasl = new FakeSasl("alice", "s3cret") { SessionLifetimeMs = 60_000 };
        await using var broker = Broker(sasl);
        await using var cluster = Cluster(broker, SaslOptions.ScramSha256("alice", "s3cret"), clock);
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
        var connection = await cluster.Brokers.Find(1).ConnectAsync(default).OrTimeout("the connection");

        sasl.IsImpostor = true;
        clock.Advance(TimeSpan.FromSeconds(58));
        var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => AskAsync(connection).OrTimeout("the failure"));
        Assert.Contains("could not prove", failure.Message, StringComparison.Ordinal);
        Assert.False(connection.IsOpen);
    }

    [Fact]
    public async Task A_producer_whose_leader_refuses_it_ends()
    {
        var sasl = new FakeSasl("alice", "s3cret");
        var fake = new FakeCluster();
        await using FakeBroker open = new(), closed = new();
        fake.SetTopic("t", (2, 0));
        fake.Add(1, sasl.Attach(open));
        new FakeSasl("alice", "changed").Attach(fake.Add(2, closed));
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = open.Address, Sasl = SaslOptions.Plain("alice", "s3cret"), Seed = 1 });
        await using var producer = client.CreateProducer(new ProducerOptions { EnableIdempotence = false });

        await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(new ProducerRecord<NoKey, string>("t", default, "v")).AsTask().OrTimeout("the failure"));
        var failure = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ProduceAsync(new ProducerRecord<NoKey, string>("t", default, "v")).AsTask().OrTimeout("the failure"));
        Assert.Equal((ErrorCode.SaslAuthenticationFailed, true), (failure.ErrorCode, failure.IsFatal));
    }

    [Fact]
    public void Secrets_are_not_in_any_text()
    {
        var options = new KafkaClientOptions { BootstrapServers = "a:1", Sasl = SaslOptions.Plain("alice", "s3cret") };
        Assert.Contains("PLAIN as alice", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("token.one", new OAuthBearerToken("token.one").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_that_no_mechanism_can_carry_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SaslOptions.Plain("", "p"));
        Assert.Throws<ArgumentException>(() => SaslOptions.Plain("u", "p\0q"));
        Assert.Throws<ArgumentException>(() => SaslOptions.ScramSha256("u", ""));
        Assert.Throws<ArgumentException>(() => new OAuthBearerToken("a b"));
        Assert.Throws<ArgumentException>(() => new OAuthBearerToken("a", new Dictionary<string, string> { ["auth"] = "x" }));
        Assert.Throws<ArgumentException>(() => new OAuthBearerToken("a", new Dictionary<string, string> { ["a1"] = "x" }));
        Assert.Throws<ArgumentException>(() => new OAuthBearerToken("a", new Dictionary<string, string> { ["a"] = "\u0001" }));
    }

    private static FakeBroker Broker(FakeSasl sasl) => sasl.Attach(new FakeCluster().Add(1, new FakeBroker()));

    private static Cluster Cluster(FakeBroker broker, SaslOptions sasl, TimeProvider? clock = null) => new(new KafkaClientOptions
    {
        BootstrapServers = broker.Address,
        Seed = 1,
        Sasl = sasl,
        ReconnectBackoff = TimeSpan.Zero,
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        TimeProvider = clock ?? TimeProvider.System,
    });

    private static SaslOptions Options(string mechanism, string user, string password) => mechanism switch
    {
        "PLAIN" => SaslOptions.Plain(user, password),
        "SCRAM-SHA-256" => SaslOptions.ScramSha256(user, password),
        "SCRAM-SHA-512" => SaslOptions.ScramSha512(user, password),
        _ => SaslOptions.OAuthBearer(_ => new(new OAuthBearerToken(password))),
    };

    private static Task AskManyAsync(BrokerConnection connection) => Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(connection))).OrTimeout("five answers");

    private static async Task AskAsync(BrokerConnection connection)
    {
        using var reply = await connection.SendAsync(new MetadataRequest { Topics = [] }, 9, Soon, default);
        Assert.Equal("fake", reply.Message.ClusterId);
    }
}
