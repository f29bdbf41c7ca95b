using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

public sealed class SettingsPageTests
{
    [Fact]
    public void The_page_in_the_repository_says_what_the_declarations_say()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "reference", "settings.md"));

        Assert.True(page == SettingsPage.Write(), "docs/reference/settings.md is not what the declarations say; write it anew with: spate settings > docs/reference/settings.md");
    }

    [Fact]
    public void Write_EverySetting_IsOnThePage()
    {
        var page = SettingsPage.Write();

        Assert.All(BrokerKeys.All.Concat(TopicKeys.All).Concat(GroupSettingKeys.All).Concat(ClientMetricsKeys.All), key => Assert.Contains($"`{key.Name}`", page, StringComparison.Ordinal));
        Assert.All(page.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith("|", line, StringComparison.Ordinal));
    }
}
