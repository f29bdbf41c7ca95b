using Spate.Client.Tests.Api;

namespace Spate.Client.Hosting.Tests.Api;

/// <summary>
/// What is public is written down, so that a change of it is seen. After a change that is meant, run this test with SPATE_WRITE_API=1 and look at the difference.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void What_is_public_is_what_is_written_down()
    {
        var path = Repository.PathOf("src", "Spate.Client.Hosting", "PublicApi.txt");
        var actual = PublicApi.Describe(typeof(KafkaClientBuilder).Assembly);
        if (Environment.GetEnvironmentVariable("SPATE_WRITE_API") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var (now, known) = (actual.Split('\n'), File.ReadAllText(path).Split('\n'));
        var difference = now.Except(known).Select(line => $"+ {line}").Concat(known.Except(now).Select(line => $"- {line}")).ToList();
        Assert.True(actual == File.ReadAllText(path), $"{path} differs: set SPATE_WRITE_API=1 if that is meant.\n{string.Join('\n', difference)}");
    }
}
