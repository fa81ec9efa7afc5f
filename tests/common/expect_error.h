#pragma once

#include <gtest/gtest.h>
#include <tapegrad/autograd/error.h>

#include <string>

// fn() throws an E whose text contains `part`.
template <class E, class F>
void expect_error(F&& fn, const std::string& part) {
  try {
    fn();
    ADD_FAILURE() << "nothing was thrown; expected: " << part;
  } catch (const E& e) {
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  } catch (const std::exception& e) {
    ADD_FAILURE() << "another error was thrown: " << e.what();
  }
}
